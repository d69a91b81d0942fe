/** The topics of a cluster in memory. */

import { LogError } from '../../errors.ts'
import type { TopicPlan } from '../port.ts'
import { defaultMaxBatchBytes } from '../size.ts'
import { MemoryPartition } from './partition.ts'

interface MemoryTopic {
  readonly plan: TopicPlan
  readonly partitions: readonly MemoryPartition[]
}

export class MemoryTopics {
  readonly #topics = new Map<string, MemoryTopic>()
  readonly #maxBatchBytes: number

  constructor(maxBatchBytes = defaultMaxBatchBytes) {
    this.#maxBatchBytes = maxBatchBytes
  }

  /** A topic that exists stays as it is. */
  create(plans: readonly TopicPlan[]): void {
    for (const plan of plans) {
      if (this.#topics.has(plan.name)) continue
      const partitions = Array.from(
        { length: plan.partitions },
        (_, partition) => new MemoryPartition(plan.name, partition),
      )
      this.#topics.set(plan.name, { plan, partitions })
    }
  }

  describe(names: readonly string[]): readonly TopicPlan[] {
    return names.flatMap((name) => this.#topics.get(name)?.plan ?? [])
  }

  /** @throws LogError TOPIC_UNKNOWN */
  partitions(topic: string): readonly MemoryPartition[] {
    const found = this.#topics.get(topic)
    if (found !== undefined) return found.partitions
    throw new LogError(`topic ${topic} does not exist: create it with 'stoa topics apply'`, {
      code: 'TOPIC_UNKNOWN',
    })
  }

  /** @throws LogError TOPIC_UNKNOWN */
  partition(topic: string, partition: number): MemoryPartition {
    const found = this.partitions(topic)[partition]
    if (found !== undefined) return found
    throw new LogError(`topic ${topic} has no partition ${partition}`, { code: 'TOPIC_UNKNOWN' })
  }

  /** The most bytes that one append may bring to a partition. */
  maxBatchBytes(topic: string): number {
    const configured = this.#topics.get(topic)?.plan.config['max.message.bytes']
    return configured === undefined ? this.#maxBatchBytes : Number(configured)
  }
}
