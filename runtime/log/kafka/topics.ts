/** What is known of topics: how many partitions, who leads them, how much an append may bring. */

import protocol from 'kafkajs/src/protocol/requests/index.js'
import type { Connections } from './connections.ts'
import { brokerError, topicUnknown, unavailable } from './errors.ts'
import { persist } from './retry.ts'

const describeConfigs = protocol.requests.DescribeConfigs.protocol({ version: 2 })
const topicResource = 2
const limitName = 'max.message.bytes'

/** A broker may hear of a new topic a little after whoever created it: waited for once. */
const unknownForMs = 1_000
const unavailableForMs = 10_000

export class Topics {
  readonly #connections: Connections
  readonly #leaders = new Map<string, Promise<readonly number[]>>()
  /** Those that did not exist when they were last asked for. */
  readonly #missing = new Set<string>()
  readonly #limits = new Map<string, Promise<number>>()

  constructor(connections: Connections) {
    this.#connections = connections
  }

  /** Partition count of a topic. @throws LogError TOPIC_UNKNOWN */
  async count(topic: string): Promise<number> {
    return (await this.#known(topic)).length
  }

  /** The broker that leads a partition. @throws LogError TOPIC_UNKNOWN */
  async leader(topic: string, partition: number): Promise<number> {
    let leaders = await this.#known(topic)
    if (leaders[partition] === undefined) {
      this.forget(topic)
      leaders = await this.#known(topic)
    }
    const leader = leaders[partition]
    if (leader === undefined) throw topicUnknown(topic, partition)
    if (leader >= 0) return leader
    this.forget(topic)
    throw unavailable(`partition ${partition} of ${topic} has no leader`)
  }

  /** Asks anew when the topic is next needed. */
  forget(topic: string): void {
    this.#leaders.delete(topic)
  }

  /** The most bytes that one append may bring to a partition; Infinity when only the broker knows. */
  async limit(topic: string): Promise<number> {
    const known = this.#limits.get(topic)
    if (known !== undefined) return known
    const asked = this.#askLimit(topic)
    this.#limits.set(topic, asked)
    return asked
  }

  async #known(topic: string): Promise<readonly number[]> {
    const known = this.#leaders.get(topic)
    if (known !== undefined) return known
    const asked = this.#ask(topic)
    this.#leaders.set(topic, asked)
    asked.catch(() => this.#leaders.delete(topic))
    return asked
  }

  async #ask(topic: string): Promise<readonly number[]> {
    const unknownUntil = performance.now() + (this.#missing.has(topic) ? 0 : unknownForMs)
    return persist({ what: `find topic ${topic}`, forMs: unavailableForMs }, async () => {
      try {
        const leaders = await this.#connections.leaders(topic)
        this.#missing.delete(topic)
        return leaders
      } catch (error) {
        if (!isUnknownTopic(error) || performance.now() < unknownUntil) throw error
        this.#missing.add(topic)
        throw topicUnknown(topic)
      }
    })
  }

  /** Asks anew: somebody may have raised it. */
  forgetLimit(topic: string): void {
    this.#limits.delete(topic)
  }

  /** Not every client may read configurations; the broker refuses what is too large by itself. */
  async #askLimit(topic: string): Promise<number> {
    const call = describeConfigs({
      resources: [{ type: topicResource, name: topic, configNames: [limitName] }],
    })
    try {
      const { resources } = await this.#connections.sendToAny(call)
      const entry = resources[0]?.configEntries.find(({ configName }) => configName === limitName)
      return Number(entry?.configValue ?? Infinity)
    } catch (error) {
      if (brokerError(error) !== 'TOPIC_AUTHORIZATION_FAILED') this.forgetLimit(topic)
      return Infinity
    }
  }
}

function isUnknownTopic(error: unknown): boolean {
  const name = brokerError(error)
  return name === 'UNKNOWN_TOPIC_OR_PARTITION' || name === 'INVALID_TOPIC_EXCEPTION'
}
