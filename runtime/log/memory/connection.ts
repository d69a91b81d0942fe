/** The log as one process sees it: whatever it asks passes its network, and appends have a fate. */

import type { Clock } from '../../clock.ts'
import { LogError } from '../../errors.ts'
import {
  type Append,
  type AppendResult,
  basesOf,
  type FollowOptions,
  type Log,
  type LogRecord,
  type Offsets,
  type Ownership,
  type OwnOptions,
  type ReadRange,
  type Subscription,
} from '../port.ts'
import { assertFits } from '../size.ts'
import { type AppendFate, assertPossible, type Interfere } from './fate.ts'
import { follow } from './follower.ts'
import type { MemoryGroup } from './group.ts'
import { later, type Network } from './network.ts'
import { MemoryOwnership } from './ownership.ts'
import type { MemoryTopics } from './topics.ts'

const hopsToHeartbeat = 40

export interface ConnectionParts {
  readonly clock: Clock
  readonly network: Network
  readonly topics: MemoryTopics
  readonly groupOf: (name: string, topic: string) => MemoryGroup
  readonly interfere: Interfere
  readonly latencyMs: () => number
}

export class MemoryConnection implements Log {
  readonly name: string
  readonly #parts: ConnectionParts
  readonly #ownerships = new Set<MemoryOwnership>()
  readonly #subscriptions = new Set<Subscription>()
  #isClosed = false

  constructor(name: string, parts: ConnectionParts) {
    this.name = name
    this.#parts = parts
  }

  async append(batch: readonly Append[]): Promise<readonly bigint[]> {
    const { topics, network, latencyMs } = this.#parts
    this.#assertOpen()
    const refusals = batch.map((append) => refusalOf(topics, append))
    const accepted = batch.filter((_, index) => refusals[index] === undefined)
    const settled = (bases: readonly AppendResult[]) => {
      const left = [...bases]
      return basesOf(refusals.map((refusal) => refusal ?? left.shift() ?? noAnswer()))
    }
    if (accepted.length === 0) return settled([])
    const latency = latencyMs()
    const fate = this.#parts.interfere(accepted) ?? {
      appendAfterMs: latency,
      settleAfterMs: latency,
      settle: 'ack',
    }
    assertPossible(fate)
    const bases = await new Promise<readonly AppendResult[]>((resolve) => {
      network.pass(() => {
        const offsets = this.#send(accepted, fate)
        if (fate.settle === 'never') return
        network.pass(() => {
          resolve(fate.settle === 'ack' ? offsets : accepted.map(noAnswer))
        }, fate.settleAfterMs)
      }, 0)
    })
    return settled(bases)
  }

  partitions(topic: string): Promise<number> {
    return this.#request(({ topics }) => topics.partitions(topic).length)
  }

  offsets(topic: string, partition: number): Promise<Offsets> {
    return this.#request(({ topics }) => topics.partition(topic, partition).offsets)
  }

  offsetAt(topic: string, partition: number, time: number): Promise<bigint> {
    return this.#request(({ topics }) => topics.partition(topic, partition).offsetAt(time))
  }

  async *read(range: ReadRange): AsyncGenerator<readonly LogRecord[]> {
    const { topic, partition, from, to, markers = false } = range
    let next = from
    while (true) {
      const start = next
      const records = await this.#request(({ topics }) => {
        const source = topics.partition(topic, partition)
        const slice = source.slice(start, to)
        // Markers lie between records, or behind the last.
        const end = slice.length > 0 ? (slice.at(-1)?.offset ?? to) : to
        return markers ? inOrder([...slice, ...source.markers(start, end)]) : slice
      })
      const last = records.at(-1)
      if (last === undefined) return
      next = last.offset + 1n
      yield records
    }
  }

  async follow(options: FollowOptions): Promise<Subscription> {
    const subscription = await this.#request(({ topics, network }) =>
      follow(topics.partitions(options.topic), options, network),
    )
    this.#subscriptions.add(subscription)
    return subscription
  }

  async own(options: OwnOptions): Promise<Ownership> {
    const { clock, groupOf } = this.#parts
    const ownership = await this.#request(({ network, topics }) => {
      const partitions = topics.partitions(options.topic)
      const group = groupOf(options.group, options.topic)
      return new MemoryOwnership({ network, group, partitions, options })
    })
    this.#ownerships.add(ownership)
    // The caller has the ownership in hand before it hears of its first partitions.
    void clock.yield().then(() => this.#parts.network.pass(() => ownership.join()))
    return ownership
  }

  trim(topic: string, partition: number, before: bigint): Promise<void> {
    return this.#request(({ topics }) => topics.partition(topic, partition).trim(before))
  }

  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    await Promise.all([...this.#subscriptions].map((subscription) => subscription.close()))
    await Promise.all([...this.#ownerships].map((ownership) => ownership.leave()))
  }

  /** The process is gone: nothing it awaits settles, nothing calls it, its sessions run out. */
  kill(): void {
    this.#parts.network.kill()
    for (const subscription of this.#subscriptions) void subscription.close()
    for (const ownership of this.#ownerships) ownership.abandon()
  }

  /** Nothing passes until `heal`; sessions run out meanwhile. */
  cut(): void {
    this.#parts.network.cut()
    for (const ownership of this.#ownerships) ownership.silence()
  }

  /** What waited passes at once; of its place in a group the process hears with its next heartbeat. */
  heal(): void {
    const { network, latencyMs } = this.#parts
    network.heal()
    for (const ownership of this.#ownerships) {
      network.pass(() => {
        ownership.hear()
      }, hopsToHeartbeat * latencyMs())
    }
  }

  /** Lets the request loose; the offsets are there once it has landed. */
  #send(batch: readonly Append[], fate: AppendFate): readonly bigint[] {
    const { clock, topics } = this.#parts
    const landing = batch.filter((_, index) => fate.landing?.includes(index) ?? true)
    const land = () =>
      landing.map(({ topic, partition, records }) =>
        topics.partition(topic, partition).append(records, clock.now()),
      )

    const offsets: bigint[] = []
    if (fate.appendAfterMs !== null) {
      later(clock, fate.appendAfterMs, () => offsets.push(...land()))
    }
    for (const delayMs of fate.copies ?? []) later(clock, delayMs, land)
    return offsets
  }

  async #request<T>(act: (parts: ConnectionParts) => T): Promise<T> {
    this.#assertOpen()
    return this.#parts.network.request(() => act(this.#parts))
  }

  #assertOpen(): void {
    if (!this.#isClosed) return
    throw new LogError('the connection to the log is closed', { code: 'LOG_UNAVAILABLE' })
  }
}

function refusalOf(topics: MemoryTopics, append: Append): LogError | undefined {
  try {
    topics.partition(append.topic, append.partition)
    assertFits(append, topics.maxBatchBytes(append.topic))
    return undefined
  } catch (error) {
    if (error instanceof LogError) return error
    throw error
  }
}

function noAnswer(): LogError {
  return new LogError('the log did not acknowledge an append: it may or may not be there', {
    code: 'LOG_UNAVAILABLE',
  })
}

function inOrder(records: LogRecord[]): readonly LogRecord[] {
  return records.sort((left, right) => Number(left.offset - right.offset))
}
