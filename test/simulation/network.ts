/**
 * What happens to appends on their way: slowness, lost and late acknowledgements, requests that land
 * late, in part, twice or never, and processes that die in the middle of one.
 *
 * What a producer of the log rules out is left out: a request that was acknowledged is not written a
 * second time while its fence is in force, because brokers drop copies by sequence number. Such
 * copies come as echoes, once the fence has been passed.
 */

import { decodeCommit } from '../../runtime/durable/journal-reader.ts'
import type { Append } from '../../runtime/log/port.ts'
import type { AppendFate, MemoryCluster, MemoryLog } from '../../runtime/log/memory.ts'
import type { VirtualClock } from '../../runtime/testing/virtual-clock.ts'
import type { Codec } from '../../schemas/codec.ts'
import type { Draw } from '../workload/draw.ts'
import type { Faults } from './plan.ts'

/** Requests are remembered so that copies of them can come late. */
const remembered = 400

export interface NetworkCounts {
  requests: number
  failures: number
  lateLandings: number
  echoes: number
  crashesInAppends: number
}

export class Network {
  readonly counts: NetworkCounts = {
    requests: 0,
    failures: 0,
    lateLandings: 0,
    echoes: 0,
    crashesInAppends: 0,
  }
  readonly #clock: VirtualClock
  readonly #cluster: MemoryCluster
  readonly #codec: Codec
  readonly #faults: Faults
  readonly #draw: Draw
  readonly #echo: MemoryLog
  readonly #slow = new Set<string>()
  readonly #past: (readonly Append[])[] = []
  #isCalm = false
  /** When a process last asked for an append. */
  lastRequestAt = 0

  constructor(
    clock: VirtualClock,
    cluster: MemoryCluster,
    codec: Codec,
    faults: Faults,
    draw: Draw,
  ) {
    this.#clock = clock
    this.#cluster = cluster
    this.#codec = codec
    this.#faults = faults
    this.#draw = draw
    this.#echo = cluster.connect({ name: 'echo' })
  }

  /** @param kill ends the process; null for one that is not to die */
  connect(name: string, kill: (() => void) | null): MemoryLog {
    return this.#cluster.connect({ name, interfere: (batch) => this.#fate(batch, kill) })
  }

  /** From here on nothing goes wrong. */
  calm(): void {
    this.#isCalm = true
    this.#slow.clear()
  }

  /** Whether the next request that only asks goes unanswered. */
  failsRequest(): boolean {
    return !this.#isCalm && this.#draw.chance(this.#faults.failedRequest)
  }

  /** The chance that a record takes a while to decode. */
  get slowDecode(): number {
    return this.#isCalm ? 0 : this.#faults.slowDecode
  }

  slowDown(place: string, ms: number): void {
    this.#slow.add(place)
    this.#clock.after(ms, () => this.#slow.delete(place))
  }

  /** A copy of an old request comes, wherever it can no longer be taken for the original. */
  echoOne(): void {
    const past = this.#draw.any(this.#past)
    const batch = past?.filter((append) => this.#isStale(append))
    if (batch === undefined || batch.length === 0) return
    this.counts.echoes += 1
    void this.#echo.append(batch)
  }

  #fate(batch: readonly Append[], kill: (() => void) | null): AppendFate | undefined {
    this.counts.requests += 1
    this.lastRequestAt = this.#clock.now()
    const { longestHopMs } = this.#faults
    const draw = this.#draw
    const isSlow = batch.some(({ topic, partition }) =>
      this.#slow.has(`${topic}/${String(partition)}`),
    )
    const hop = () => draw.int(1, longestHopMs) + (isSlow ? draw.int(20, 400) : 0)
    const landsAfter = hop()
    const answersAfter = landsAfter + hop()
    const ack: AppendFate = {
      appendAfterMs: landsAfter,
      settleAfterMs: answersAfter,
      settle: 'ack',
    }
    if (this.#isCalm) return ack
    this.#remember(batch)
    if (draw.chance(this.#faults.crashInAppend) && kill !== null)
      return this.#crash(kill, landsAfter, answersAfter)
    if (!draw.chance(this.#faults.failedAppend)) return ack
    this.counts.failures += 1
    const failsAfter = draw.int(1, 300)
    switch (draw.int(1, 5)) {
      case 1:
        return { appendAfterMs: null, settleAfterMs: failsAfter, settle: 'fail' }
      case 2:
        return { appendAfterMs: landsAfter, settleAfterMs: landsAfter + failsAfter, settle: 'fail' }
      case 3: {
        const landing = batch.flatMap((_, index) => (draw.chance(0.5) ? [index] : []))
        return {
          appendAfterMs: landsAfter,
          settleAfterMs: landsAfter + failsAfter,
          settle: 'fail',
          landing,
        }
      }
      case 4: {
        this.counts.lateLandings += 1
        const late = failsAfter + draw.duration(this.#faults.latestCopyMs)
        return { appendAfterMs: late, settleAfterMs: failsAfter, settle: 'fail' }
      }
      default: {
        this.counts.lateLandings += 1
        const copies = draw.times(
          draw.int(1, 2),
          () => failsAfter + draw.duration(this.#faults.latestCopyMs),
        )
        return {
          appendAfterMs: landsAfter,
          settleAfterMs: landsAfter + failsAfter,
          settle: 'fail',
          copies,
        }
      }
    }
  }

  #crash(kill: () => void, landsAfter: number, answersAfter: number): AppendFate {
    this.counts.crashesInAppends += 1
    const isWritten = this.#draw.chance(0.6)
    this.#clock.after(this.#draw.int(0, answersAfter), kill)
    return {
      appendAfterMs: isWritten ? landsAfter : null,
      settleAfterMs: answersAfter,
      settle: 'never',
    }
  }

  #remember(batch: readonly Append[]): void {
    if (this.#past.length < remembered) this.#past.push(batch)
    else this.#past[this.#draw.int(0, remembered - 1)] = batch
  }

  /** A commit under a fence that has been passed; a fence; anything but a journal. */
  #isStale({ topic, partition, records }: Append): boolean {
    if (!topic.endsWith('.journal')) return true
    const fences = this.#cluster.dump(topic, partition).flatMap(({ offset, value }) => {
      const commit = decodeCommit(this.#codec, value)
      return !(commit instanceof Promise) && commit.fence !== null ? [offset] : []
    })
    const inForce = fences.at(-1) ?? -1n
    return records.every(({ value }) => {
      const commit = decodeCommit(this.#codec, value)
      return !(commit instanceof Promise) && (commit.fence !== null || commit.epoch < inForce)
    })
  }
}
