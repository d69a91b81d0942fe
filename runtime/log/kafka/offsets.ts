/** Where partitions begin and end, and what their leaders trim. */

import protocol from 'kafkajs/src/protocol/requests/index.js'
import type { Offsets } from '../port.ts'
import type { Connections } from './connections.ts'
import { persist } from './retry.ts'
import type { Topics } from './topics.ts'

const listOffsets = protocol.requests.ListOffsets.protocol({ version: 3 })
const deleteRecords = protocol.requests.DeleteRecords.protocol({ version: 1 })

/** Stand for a time in ListOffsets. */
const earliest = -2
const latest = -1
const readUncommitted = 0
const persistMs = 10_000
const trimTimeoutMs = 5_000

export class PartitionOffsets {
  readonly #connections: Connections
  readonly #topics: Topics

  constructor(connections: Connections, topics: Topics) {
    this.#connections = connections
    this.#topics = topics
  }

  /** @throws LogError TOPIC_UNKNOWN, LOG_UNAVAILABLE */
  async of(topic: string, partition: number): Promise<Offsets> {
    const [low, high] = await Promise.all([
      this.#list(topic, partition, earliest),
      this.#list(topic, partition, latest),
    ])
    return { low, high }
  }

  low(topic: string, partition: number): Promise<bigint> {
    return this.#list(topic, partition, earliest)
  }

  high(topic: string, partition: number): Promise<bigint> {
    return this.#list(topic, partition, latest)
  }

  async at(topic: string, partition: number, time: number): Promise<bigint> {
    const found = await this.#list(topic, partition, time)
    return found >= 0n ? found : this.high(topic, partition)
  }

  async trim(topic: string, partition: number, before: bigint): Promise<void> {
    await this.#ask(topic, partition, `trim partition ${partition} of ${topic}`, (leader) => {
      const topics = [{ topic, partitions: [{ partition, offset: before.toString() }] }]
      const call = deleteRecords({ topics, timeout: trimTimeoutMs })
      return this.#connections.sendTo(leader, 'general', call)
    })
  }

  async #list(topic: string, partition: number, timestamp: number): Promise<bigint> {
    const what = `find offsets of partition ${partition} of ${topic}`
    const { responses } = await this.#ask(topic, partition, what, (leader) => {
      const topics = [{ topic, partitions: [{ partition, timestamp }] }]
      const call = listOffsets({ isolationLevel: readUncommitted, topics })
      return this.#connections.sendTo(leader, 'general', call)
    })
    return BigInt(responses[0]?.partitions[0]?.offset ?? -1)
  }

  #ask<R>(
    topic: string,
    partition: number,
    what: string,
    send: (leader: number) => Promise<R>,
  ): Promise<R> {
    const persistence = {
      what,
      forMs: persistMs,
      onRetry: () => this.#topics.forget(topic),
      isStopped: () => this.#connections.isClosed,
    }
    return persist(persistence, async () => send(await this.#topics.leader(topic, partition)))
  }
}
