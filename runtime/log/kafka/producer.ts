/**
 * An idempotent producer.
 *
 * 1. One request at a time, whatever it goes to; its parts for several brokers go out together.
 * 2. Within one append a part may be sent again: it has the same sequence numbers each time, so the
 *    broker keeps one of them and answers with its offset.
 * 3. After an append that failed the producer's identity is never used again. Sequence numbers are
 *    not rolled back, so no later append can be taken for one that went before.
 */

import { setTimeout as sleep } from 'node:timers/promises'
import protocol from 'kafkajs/src/protocol/requests/index.js'
import type { Append, NewRecord } from '../port.ts'
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

/** What one request brings to one partition. */
interface Part {
  readonly topic: string
  readonly partition: number
  readonly records: NewRecord[]
}

const initProducerId = protocol.requests.InitProducerId.protocol({ version: 1 })
const replicationTimeoutMs = 5_000
const persistMs = 10_000
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
  #identity: Identity | undefined
  #last: Promise<unknown> = Promise.resolve()

  constructor(connections: Connections, topics: Topics) {
    this.#connections = connections
    this.#topics = topics
  }

  /**
   * Returns the base offset of each append.
   * @throws LogError TOPIC_UNKNOWN, RECORD_TOO_LARGE: nothing has been sent
   * @throws LogError LOG_UNAVAILABLE: ambiguous
   */
  append(batch: readonly Append[]): Promise<readonly bigint[]> {
    const appended = this.#last.then(() => this.#append(batch))
    this.#last = appended.catch(() => undefined)
    return appended
  }

  async #append(batch: readonly Append[]): Promise<readonly bigint[]> {
    if (this.#connections.isClosed) throw unavailable('the connection to the log is closed')
    for (const append of batch) {
      await this.#topics.leader(append.topic, append.partition)
      assertFits(append, await this.#topics.limit(append.topic))
    }

    const parts = new Map<string, Part>()
    const places = batch.map(({ topic, partition, records }) => {
      const key = keyOf(topic, partition)
      const part = parts.get(key) ?? { topic, partition, records: [] }
      parts.set(key, part)
      const index = part.records.length
      part.records.push(...records)
      return { key, index }
    })

    const bases = await this.#send([...parts.values()])
    return places.map(({ key, index }) => (bases.get(key) ?? -1n) + BigInt(index))
  }

  async #send(parts: readonly Part[]): Promise<ReadonlyMap<string, bigint>> {
    const identity = (this.#identity ??= await this.#newIdentity())
    try {
      const now = Date.now()
      const open = new Map(
        parts.map((part): [string, PartitionBatch] => {
          const key = keyOf(part.topic, part.partition)
          const sequence = identity.sequences.get(key) ?? 0
          const batch = encodeBatch(part.records, { ...identity, sequence }, now)
          return [key, { topic: part.topic, partition: part.partition, batch }]
        }),
      )
      const bases = await this.#sendUntilDone(open)
      for (const { topic, partition, records } of parts) {
        const key = keyOf(topic, partition)
        const sequence = (identity.sequences.get(key) ?? 0) + records.length
        identity.sequences.set(key, sequence)
        if (sequence > lastSequence) this.#identity = undefined
      }
      return bases
    } catch (error) {
      this.#identity = undefined
      throw error
    }
  }

  async #sendUntilDone(open: Map<string, PartitionBatch>): Promise<ReadonlyMap<string, bigint>> {
    const bases = new Map<string, bigint>()
    const end = performance.now() + persistMs
    while (true) {
      const failure = await this.#sendOnce(open, bases)
      if (failure === undefined) return bases
      if (performance.now() > end || this.#connections.isClosed) {
        throw unavailable('an append was not acknowledged: it may or may not be there', failure)
      }
      for (const { topic } of open.values()) this.#topics.forget(topic)
      await sleep(pauseMs)
    }
  }

  /** Sends what is open; what is acknowledged leaves it. Returns a reason to go on. */
  async #sendOnce(open: Map<string, PartitionBatch>, bases: Map<string, bigint>): Promise<unknown> {
    const byLeader = new Map<number, PartitionBatch[]>()
    try {
      for (const batch of open.values()) {
        const leader = await this.#topics.leader(batch.topic, batch.partition)
        byLeader.set(leader, [...(byLeader.get(leader) ?? []), batch])
      }
    } catch (error) {
      return error
    }

    let failure: unknown
    await Promise.all(
      Array.from(byLeader, async ([leader, batches]) => {
        try {
          const call = produceCall(batches, replicationTimeoutMs)
          const answers = await this.#connections.sendTo(leader, 'produce', call)
          for (const { topic, partition, errorCode, baseOffset } of answers) {
            const name = errorName(errorCode)
            if (name === undefined) {
              const key = keyOf(topic, partition)
              open.delete(key)
              bases.set(key, baseOffset)
            } else if (passing.has(name)) {
              failure = new Error(name)
            } else {
              throw new BrokerRefusal(name)
            }
          }
        } catch (error) {
          if (error instanceof BrokerRefusal) throw unavailable('an append was refused', error)
          failure = error
        }
      }),
    )
    return open.size === 0 ? undefined : (failure ?? new Error('a partition was not answered'))
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

class BrokerRefusal extends Error {}

function keyOf(topic: string, partition: number): string {
  return `${partition} ${topic}`
}
