/**
 * An idempotent producer.
 *
 * 1. One request at a time, whatever it goes to; its parts for several brokers go out together.
 * 2. Within one append a part may be sent again: it has the same sequence numbers each time, so the
 *    broker keeps one of them and answers with its offset.
 * 3. After an append that failed the producer's identity is never used again. Sequence numbers are
 *    not rolled back, so no later append can be taken for one that went before.
 * 4. What a broker does not take now holds up those that it has taken only for a moment.
 */

import { setTimeout as sleep } from 'node:timers/promises'
import protocol from 'kafkajs/src/protocol/requests/index.js'
import { LogError } from '../../errors.ts'
import { type Append, type AppendResult, basesOf, type NewRecord } from '../port.ts'
import { assertFits } from '../size.ts'
import type { Connections } from './connections.ts'
import { errorName, unavailable } from './errors.ts'
import { type PartitionBatch, produceCall } from './produce-call.ts'
import { encodeBatch } from './record-batch.ts'
import { persist } from './retry.ts'
import type { Topics } from './topics.ts'

interface Identity {
  readonly id: bigint
  readonly epoch: number
  readonly sequences: Map<string, number>
}

/** Where appends to one partition go; forgotten when one has to be sent again, or is too large. */
interface Route {
  readonly leader: number
  /** The most bytes that one append may bring. */
  readonly limit: number
}

/** What one request brings to one partition. */
interface Part {
  readonly topic: string
  readonly partition: number
  readonly records: NewRecord[]
}

const initProducerId = protocol.requests.InitProducerId.protocol({ version: 1 })
const replicationTimeoutMs = 5_000
const persistMs = 10_000
const graceMs = 300
const pauseMs = 30
/** Sequence numbers have 31 bits; a fresh identity begins at 0 again. */
const lastSequence = 2 ** 30

/** Errors of a broker after which the same part may be sent again. */
const passing = new Set([
  'UNKNOWN_TOPIC_OR_PARTITION',
  'LEADER_NOT_AVAILABLE',
  'NOT_LEADER_FOR_PARTITION',
  'REQUEST_TIMED_OUT',
  'NOT_ENOUGH_REPLICAS',
  'NOT_ENOUGH_REPLICAS_AFTER_APPEND',
  'KAFKA_STORAGE_ERROR',
])

export class Producer {
  readonly #connections: Connections
  readonly #topics: Topics
  readonly #routes = new Map<string, Route>()
  #identity: Identity | undefined
  #last: Promise<unknown> = Promise.resolve()

  constructor(connections: Connections, topics: Topics) {
    this.#connections = connections
    this.#topics = topics
  }

  /** @throws AppendError with what became of each append */
  append(batch: readonly Append[]): Promise<readonly bigint[]> {
    const appended = this.#last.then(() => this.#append(batch))
    this.#last = appended.catch(() => undefined)
    return appended
  }

  async #append(batch: readonly Append[]): Promise<readonly bigint[]> {
    if (this.#connections.isClosed) throw unavailable('the connection to the log is closed')
    const parts = new Map<string, Part>()
    const places: (LogError | { readonly key: string; readonly index: number })[] = []
    for (const append of batch) {
      const route = this.#routes.get(keyOf(append.topic, append.partition))
      const refusal = route === undefined ? await this.#find(append) : this.#tooLarge(append, route)
      places.push(refusal ?? place(parts, append))
    }

    const bases = parts.size === 0 ? new Map<string, AppendResult>() : await this.#send(parts)
    return basesOf(
      places.map((where) => {
        if (where instanceof LogError) return where
        const base = bases.get(where.key) ?? unavailable('a partition was not answered')
        return typeof base === 'bigint' ? base + BigInt(where.index) : base
      }),
    )
  }

  /** Why an append cannot be sent; one whose partition has no leader may find one meanwhile. */
  async #find(append: Append): Promise<LogError | undefined> {
    const { topic, partition } = append
    try {
      const leader = await this.#topics.leader(topic, partition)
      const route = { leader, limit: await this.#topics.limit(topic) }
      // Without a limit it may only have been impossible to ask for it.
      if (route.limit < Infinity) this.#routes.set(keyOf(topic, partition), route)
      return this.#tooLarge(append, route)
    } catch (error) {
      if (!(error instanceof LogError)) throw error
      return error.code === 'LOG_UNAVAILABLE' ? undefined : error
    }
  }

  #tooLarge(append: Append, { limit }: Route): LogError | undefined {
    try {
      assertFits(append, limit)
      return undefined
    } catch (error) {
      if (!(error instanceof LogError)) throw error
      // Somebody may have raised the limit by the next time.
      this.#routes.delete(keyOf(append.topic, append.partition))
      this.#topics.forgetLimit(append.topic)
      return error
    }
  }

  async #send(parts: ReadonlyMap<string, Part>): Promise<ReadonlyMap<string, AppendResult>> {
    const results = new Map<string, AppendResult>()
    let isDone = false
    try {
      const identity = (this.#identity ??= await this.#newIdentity())
      const now = Date.now()
      const open = new Map<string, PartitionBatch>()
      for (const [key, { topic, partition, records }] of parts) {
        const sequence = identity.sequences.get(key) ?? 0
        const batch = encodeBatch(records, { ...identity, sequence }, now)
        open.set(key, { topic, partition, batch })
        identity.sequences.set(key, sequence + records.length)
        if (sequence + records.length > lastSequence) this.#identity = undefined
      }
      await this.#sendUntilDone(open, results)
      isDone = [...results.values()].every((result) => typeof result === 'bigint')
    } finally {
      if (!isDone) this.#identity = undefined
    }
    return results
  }

  async #sendUntilDone(
    open: Map<string, PartitionBatch>,
    results: Map<string, AppendResult>,
  ): Promise<void> {
    let end = performance.now() + persistMs
    while (true) {
      const failure = await this.#sendOnce(open, results)
      if (open.size === 0) return
      if (results.size > 0) end = Math.min(end, performance.now() + graceMs)
      if (performance.now() >= end || this.#connections.isClosed) {
        const ambiguous = 'an append was not acknowledged: it may or may not be there'
        for (const key of open.keys()) results.set(key, unavailable(ambiguous, failure))
        return
      }
      for (const [key, { topic }] of open) {
        this.#routes.delete(key)
        this.#topics.forget(topic)
      }
      await sleep(pauseMs)
    }
  }

  /** Sends what is open; what is answered for good leaves it. Returns a reason to go on. */
  async #sendOnce(
    open: Map<string, PartitionBatch>,
    results: Map<string, AppendResult>,
  ): Promise<unknown> {
    let failure: unknown
    const byLeader = new Map<number, PartitionBatch[]>()
    for (const [key, batch] of open) {
      try {
        const known = this.#routes.get(key)?.leader
        const leader = known ?? (await this.#topics.leader(batch.topic, batch.partition))
        const batches = byLeader.get(leader)
        if (batches === undefined) byLeader.set(leader, [batch])
        else batches.push(batch)
      } catch (error) {
        failure = error
      }
    }

    await Promise.all(
      Array.from(byLeader, async ([leader, batches]) => {
        try {
          const call = produceCall(batches, replicationTimeoutMs)
          const answers = await this.#connections.sendTo(leader, 'produce', call)
          for (const { topic, partition, errorCode, baseOffset } of answers) {
            const key = keyOf(topic, partition)
            const name = errorName(errorCode)
            if (name !== undefined && passing.has(name)) {
              failure = new Error(name)
            } else {
              open.delete(key)
              results.set(key, name === undefined ? baseOffset : refused(topic, partition, name))
            }
          }
        } catch (error) {
          failure = error
        }
      }),
    )
    return failure ?? new Error('a partition was not answered')
  }

  async #newIdentity(): Promise<Identity> {
    const call = initProducerId({ transactionTimeout: 60_000 })
    const persistence = {
      what: 'get a producer id',
      forMs: persistMs,
      isStopped: () => this.#connections.isClosed,
    }
    const { producerId, producerEpoch } = await persist(persistence, () =>
      this.#connections.sendToAny(call),
    )
    return { id: BigInt(producerId), epoch: producerEpoch, sequences: new Map() }
  }
}

/** Where an append's records stand among those for its partition. */
function place(parts: Map<string, Part>, { topic, partition, records }: Append) {
  const key = keyOf(topic, partition)
  const part = parts.get(key) ?? { topic, partition, records: [] }
  parts.set(key, part)
  const index = part.records.length
  part.records.push(...records)
  return { key, index }
}

function refused(topic: string, partition: number, name: string): LogError {
  const what = `the broker refused an append to partition ${partition} of ${topic}: ${name}`
  const isTooLarge = name === 'MESSAGE_TOO_LARGE' || name === 'RECORD_LIST_TOO_LARGE'
  return new LogError(what, { code: isTooLarge ? 'RECORD_TOO_LARGE' : 'LOG_UNAVAILABLE' })
}

function keyOf(topic: string, partition: number): string {
  return `${partition} ${topic}`
}
