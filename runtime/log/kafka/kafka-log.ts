/**
 * The log on Kafka. kafkajs supplies connections, security and the encoding of most requests. Its
 * producer is not used, because it rolls sequence numbers back and then acknowledges what it never
 * wrote; nor its consumer, because positions and membership must outlive a rebalance, a restart of
 * the connection and, with an instance id, a restart of the process.
 */

import { silentLogger } from '../../logger.ts'
import { Connections } from './connections.ts'
import { unavailable } from './errors.ts'
import { followTopic } from './follower.ts'
import { PartitionOffsets } from './offsets.ts'
import type { KafkaOptions } from './options.ts'
import { KafkaOwnership } from './ownership.ts'
import { Producer } from './producer.ts'
import { readRange } from './range.ts'
import { Topics } from './topics.ts'
import type {
  Append,
  FollowOptions,
  Log,
  LogRecord,
  Offsets,
  Ownership,
  OwnOptions,
  ReadRange,
  Subscription,
} from '../port.ts'

export type { KafkaOptions } from './options.ts'

/** Connects when it is first used. */
export function kafkaLog(options: KafkaOptions): Log {
  return new KafkaLog(options)
}

class KafkaLog implements Log {
  readonly #connections: Connections
  readonly #topics: Topics
  readonly #offsets: PartitionOffsets
  readonly #producer: Producer
  readonly #logger
  readonly #ownerships = new Set<Ownership>()
  readonly #subscriptions = new Set<Subscription>()
  #number = 0

  constructor(options: KafkaOptions) {
    this.#connections = new Connections(options)
    this.#topics = new Topics(this.#connections)
    this.#offsets = new PartitionOffsets(this.#connections, this.#topics)
    this.#producer = new Producer(this.#connections, this.#topics)
    this.#logger = options.logger ?? silentLogger
  }

  append(batch: readonly Append[]): Promise<readonly bigint[]> {
    return this.#producer.append(batch)
  }

  partitions(topic: string): Promise<number> {
    return this.#topics.count(topic)
  }

  offsets(topic: string, partition: number): Promise<Offsets> {
    return this.#offsets.of(topic, partition)
  }

  offsetAt(topic: string, partition: number, time: number): Promise<bigint> {
    return this.#offsets.at(topic, partition, time)
  }

  read(range: ReadRange): AsyncIterable<readonly LogRecord[]> {
    return readRange(this.#parts(), range)
  }

  async follow(options: FollowOptions): Promise<Subscription> {
    this.#assertOpen()
    const followed = await followTopic(this.#parts(), this.#nextNumber(), options)
    const subscription = {
      close: async () => {
        this.#subscriptions.delete(subscription)
        await followed.close()
      },
    }
    this.#subscriptions.add(subscription)
    return subscription
  }

  async own(options: OwnOptions): Promise<Ownership> {
    this.#assertOpen()
    await this.#topics.count(options.topic)
    const ownership = new KafkaOwnership(this.#parts(), this.#nextNumber(), options)
    this.#ownerships.add(ownership)
    // The caller has the ownership in hand before it hears of its first partitions.
    setImmediate(() => ownership.start())
    return ownership
  }

  trim(topic: string, partition: number, before: bigint): Promise<void> {
    return this.#offsets.trim(topic, partition, before)
  }

  async close(): Promise<void> {
    await Promise.all([...this.#subscriptions].map((subscription) => subscription.close()))
    await Promise.all([...this.#ownerships].map((ownership) => ownership.leave()))
    this.#connections.close()
  }

  #parts() {
    return {
      connections: this.#connections,
      topics: this.#topics,
      offsets: this.#offsets,
      logger: this.#logger,
    }
  }

  #nextNumber(): number {
    this.#number += 1
    return this.#number
  }

  #assertOpen(): void {
    if (this.#connections.isClosed) throw unavailable('the connection to the log is closed')
  }
}
