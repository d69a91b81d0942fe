/**
 * Delivers what is new in partitions of a topic, each from a position that can be moved.
 *
 * 1. What was asked for before a seek or a removal is never delivered after it; what comes for a
 *    paused partition is kept until it is resumed, and nothing more is asked for it.
 * 2. A broker holds a request until there is something to answer. A partition that becomes ready
 *    meanwhile goes into another, shorter request, so that it does not wait for the first. When the
 *    long one returns it waits for the short ones, and all partitions come together in it again.
 */

import type { Logger } from '../../logger.ts'
import type { LogRecord } from '../port.ts'
import type { Connections, Purpose } from './connections.ts'
import { errorName } from './errors.ts'
import { fetchCall, type Fetched } from './fetch-call.ts'
import type { PartitionOffsets } from './offsets.ts'
import type { Topics } from './topics.ts'

export interface FetcherParts {
  readonly connections: Connections
  readonly topics: Topics
  readonly offsets: PartitionOffsets
  readonly logger: Logger
}

export interface FetcherOptions {
  readonly topic: string
  /** Tells its links from those of others. */
  readonly number: number
  /** The link for the long requests. */
  readonly purpose: Purpose
  readonly onRecords: (partition: number, records: readonly LogRecord[]) => void
}

interface Position {
  readonly partition: number
  /** Undefined until the first seek. */
  readonly start: bigint | undefined
  next: bigint
  isPaused: boolean
  /** In a request, or held back after an error. */
  isBusy: boolean
  pauseMs: number
  kept: readonly LogRecord[]
}

interface Lane {
  readonly purpose: Purpose
  readonly waitMs: number
  /** Brokers that hold a request of this lane. */
  readonly busy: Set<number>
}

const longWaitMs = 500
const shortWaitMs = 25
const partitionBytes = 1 << 20
const totalBytes = 2 << 20
const shortestPauseMs = 20
const longestPauseMs = 500

export class Fetcher {
  readonly #parts: FetcherParts
  readonly #options: FetcherOptions
  readonly #lanes: readonly Lane[]
  readonly #positions = new Map<number, Position>()
  readonly #timers = new Set<NodeJS.Timeout>()
  #turn = 0
  #isScheduled = false
  #isClosed = false

  constructor(parts: FetcherParts, options: FetcherOptions) {
    this.#parts = parts
    this.#options = options
    this.#lanes = [
      { purpose: options.purpose, waitMs: longWaitMs, busy: new Set() },
      { purpose: `aside-${options.number}`, waitMs: shortWaitMs, busy: new Set() },
      { purpose: `beside-${options.number}`, waitMs: shortWaitMs, busy: new Set() },
    ]
  }

  /** Takes a partition in, which delivers nothing before it is sought. */
  add(partition: number): void {
    if (!this.#positions.has(partition)) this.#place(partition, undefined, false)
  }

  remove(partition: number): void {
    this.#positions.delete(partition)
  }

  /** Delivers from an offset on, whatever was delivered before. */
  seek(partition: number, offset: bigint): void {
    const position = this.#positions.get(partition)
    if (position === undefined) return
    this.#place(partition, offset < 0n ? 0n : offset, position.isPaused)
    this.#schedule()
  }

  pause(partition: number): void {
    const position = this.#positions.get(partition)
    if (position !== undefined) position.isPaused = true
  }

  resume(partition: number): void {
    const position = this.#positions.get(partition)
    if (position === undefined) return
    position.isPaused = false
    this.#schedule()
  }

  close(): void {
    this.#isClosed = true
    this.#positions.clear()
    for (const timer of this.#timers) clearTimeout(timer)
    for (const { purpose } of this.#lanes) this.#parts.connections.drop(purpose)
  }

  #place(partition: number, start: bigint | undefined, isPaused: boolean): void {
    this.#positions.set(partition, {
      partition,
      start,
      next: start ?? -1n,
      isPaused,
      isBusy: false,
      pauseMs: shortestPauseMs,
      kept: [],
    })
  }

  #schedule(): void {
    if (this.#isScheduled || this.#isClosed) return
    this.#isScheduled = true
    queueMicrotask(() => {
      this.#isScheduled = false
      this.#deliverKept()
      void this.#ask()
    })
  }

  #deliverKept(): void {
    for (const position of this.#positions.values()) {
      const { partition, kept, isPaused } = position
      if (isPaused || kept.length === 0) continue
      position.kept = []
      this.#options.onRecords(partition, kept)
    }
  }

  /** Puts every partition that is ready into a request, one for each broker. */
  async #ask(): Promise<void> {
    const ready = [...this.#positions.values()].filter((position) => this.#isReady(position))
    // All at once: whoever looks while a leader is asked for must not find them ready, too.
    for (const position of ready) position.isBusy = true
    const leaders = await Promise.all(ready.map((position) => this.#leaderOf(position)))
    const byLeader = Map.groupBy(ready, (_, index) => leaders[index])
    for (const [leader, positions] of byLeader) {
      // Those without one are held back.
      if (leader === undefined) continue
      for (const position of positions) position.isBusy = false
      const lane = this.#freeLane(leader)
      // Without one, they are asked for when the next request returns.
      if (lane === undefined) continue
      const still = positions.filter((position) => this.#isReady(position))
      void this.#request(lane, leader, still)
    }
  }

  #freeLane(leader: number): Lane | undefined {
    const [long, ...short] = this.#lanes
    if (long?.busy.has(leader) === true) return short.find(({ busy }) => !busy.has(leader))
    return short.some(({ busy }) => busy.has(leader)) ? undefined : long
  }

  async #leaderOf(position: Position): Promise<number | undefined> {
    try {
      return await this.#parts.topics.leader(this.#options.topic, position.partition)
    } catch (error) {
      this.#holdBack(position, error)
      return undefined
    }
  }

  async #request(lane: Lane, leader: number, positions: readonly Position[]): Promise<void> {
    if (positions.length === 0 || this.#isClosed) return
    const { connections } = this.#parts
    const { topic } = this.#options
    for (const position of positions) position.isBusy = true
    lane.busy.add(leader)
    // A record larger than its share is sent for the first partition that has any, so each is first
    // in turn.
    this.#turn += 1
    const first = this.#turn % positions.length
    const inTurn = [...positions.slice(first), ...positions.slice(0, first)]
    const call = fetchCall({
      topic,
      positions: inTurn.map(({ partition, next }) => ({ partition, offset: next })),
      waitMs: lane.waitMs,
      partitionBytes,
      totalBytes,
    })

    let answer: readonly Fetched[] | undefined
    let failure: unknown
    try {
      answer = await connections.sendTo(leader, lane.purpose, call, lane.waitMs)
    } catch (error) {
      failure = error
    }
    lane.busy.delete(leader)
    for (const position of positions) {
      position.isBusy = false
      const fetched = answer?.find(({ partition }) => partition === position.partition)
      if (!this.#isCurrent(position)) continue
      if (fetched === undefined) this.#holdBack(position, failure)
      else this.#take(position, fetched)
    }
    this.#schedule()
  }

  #take(position: Position, fetched: Fetched): void {
    const error = errorName(fetched.errorCode)
    if (error === 'OFFSET_OUT_OF_RANGE') {
      position.isBusy = true
      void this.#findRange(position)
      return
    }
    if (error !== undefined) {
      this.#holdBack(position, new Error(error))
      return
    }
    position.pauseMs = shortestPauseMs
    position.next = fetched.next
    if (fetched.records.length === 0) return
    if (position.isPaused) position.kept = fetched.records
    else this.#options.onRecords(position.partition, fetched.records)
  }

  /** What has been trimmed is skipped; what is ahead of the end is waited for. */
  async #findRange(position: Position): Promise<void> {
    try {
      const low = await this.#parts.offsets.low(this.#options.topic, position.partition)
      if (position.next < low) {
        position.next = low
        position.isBusy = false
        this.#schedule()
      } else {
        this.#holdBack(position, new Error('the position is past the end'))
      }
    } catch (error) {
      this.#holdBack(position, error)
    }
  }

  #holdBack(position: Position, error: unknown): void {
    const { topics, logger } = this.#parts
    const { topic } = this.#options
    if (this.#isClosed) return
    topics.forget(topic)
    logger.debug({ err: error, topic, partition: position.partition }, 'a fetch was put off')
    position.isBusy = true
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      position.isBusy = false
      this.#schedule()
    }, position.pauseMs)
    this.#timers.add(timer)
    position.pauseMs = Math.min(position.pauseMs * 2, longestPauseMs)
  }

  #isReady(position: Position): boolean {
    const { start, isPaused, isBusy, kept } = position
    return (
      this.#isCurrent(position) && start !== undefined && !isPaused && !isBusy && kept.length === 0
    )
  }

  #isCurrent(position: Position): boolean {
    return this.#positions.get(position.partition) === position
  }
}
