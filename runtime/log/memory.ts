/**
 * A whole cluster in memory, for tests and simulation: any number of connections, each a process
 * that can be killed, cut off or interfered with. Every wait is the clock's, nothing is random, so
 * that the same calls under the same clock give the same log.
 */

import type { Clock } from '../clock.ts'
import { MemoryConnection } from './memory/connection.ts'
import type { Interfere } from './memory/fate.ts'
import { MemoryGroup } from './memory/group.ts'
import { Network } from './memory/network.ts'
import { MemoryTopics } from './memory/topics.ts'
import type { Log, LogRecord, TopicAdmin, TopicPlan } from './port.ts'

export type { AppendFate, Interfere } from './memory/fate.ts'

export interface MemoryClusterOptions {
  readonly clock: Clock
  readonly topics?: readonly TopicPlan[]
  /** The most bytes that an append may bring to a partition; a topic's own limit goes before it. */
  readonly maxRecordBytes?: number
  /** What each hop takes; by default nothing, so that a test need not move its clock. */
  readonly latencyMs?: number | (() => number)
}

export interface ConnectOptions {
  readonly name?: string
  readonly interfere?: Interfere
}

/** The log of one process, and what can happen to that process. */
export interface MemoryLog extends Log {
  readonly name: string
  /** Nothing it awaits settles, nothing calls it again, its sessions run out. */
  kill(): void
  /** Cuts it off: whatever it sends or is sent waits until `heal`, and its sessions run out. */
  cut(): void
  heal(): void
}

export interface MemoryCluster {
  connect(options?: ConnectOptions): MemoryLog
  createTopics(topics: readonly TopicPlan[]): void
  /** Every record that was ever appended to a partition, trimmed or not. */
  dump(topic: string, partition: number): readonly LogRecord[]
  /** Leaves offsets of a partition without a record. */
  skip(topic: string, partition: number, count: number): void
  /** Makes every member of a group join again. */
  rebalance(group: string): void
  admin(): TopicAdmin
}

export function memoryCluster(options: MemoryClusterOptions): MemoryCluster {
  const { clock } = options
  const given = options.latencyMs ?? 0
  const latencyMs = typeof given === 'function' ? given : () => given
  const topics = new MemoryTopics(options.maxRecordBytes)
  topics.create(options.topics ?? [])
  const groups = new Map<string, MemoryGroup>()

  function groupOf(name: string, topic: string): MemoryGroup {
    const known = groups.get(name)
    if (known !== undefined) return known
    const group = new MemoryGroup(name, clock, topics.partitions(topic).length)
    groups.set(name, group)
    return group
  }

  let connections = 0
  return {
    connect: ({ name, interfere } = {}) => {
      connections += 1
      const network = new Network(clock, latencyMs)
      return new MemoryConnection(name ?? `process-${connections}`, {
        clock,
        network,
        topics,
        groupOf,
        latencyMs,
        interfere: interfere ?? (() => undefined),
      })
    },
    createTopics: (plans) => topics.create(plans),
    dump: (topic, partition) => topics.partition(topic, partition).records,
    skip: (topic, partition, count) => topics.partition(topic, partition).skip(count),
    rebalance: (group) => groups.get(group)?.rebalance(),
    admin: () => ({
      describe: async (names) => topics.describe(names),
      create: async (plans) => topics.create(plans),
      close: async () => undefined,
    }),
  }
}
