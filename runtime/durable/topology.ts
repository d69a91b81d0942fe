/** How many partitions the topics have that records are sent to. */

import type { Clock } from '../clock.ts'
import type { Logger } from '../logger.ts'
import type { Log } from '../log/port.ts'
import { partitionFor } from '../log/murmur2.ts'
import { definitionOfInbox } from '../../schemas/topics.ts'
import { partitionCount, sentTo } from './partition-count.ts'

const firstRetryMs = 250
const longestRetryMs = 10_000

export class Topology {
  readonly #log: Log
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #onLearned: () => void
  readonly #counts = new Map<string, number>()
  readonly #asking = new Set<string>()

  constructor(log: Log, clock: Clock, logger: Logger, onLearned: () => void) {
    this.#log = log
    this.#clock = clock
    this.#logger = logger
    this.#onLearned = onLearned
  }

  /** Partition of a key, or undefined until the topic is known; then `onLearned` is called. */
  partitionFor(topic: string, key: string): number | undefined {
    const count = this.#counts.get(topic)
    if (count !== undefined) return partitionFor(key, count)
    this.#ask(topic, 1)
    return undefined
  }

  /** Whether the topic is known to have this partition; asks for it when it is not. */
  has(topic: string, partition: number): boolean {
    const count = this.#counts.get(topic)
    if (count !== undefined && partition < count) return partition >= 0
    this.#ask(topic, partition + 1)
    return false
  }

  #ask(topic: string, wanted: number): void {
    if (this.#asking.has(topic)) return
    this.#asking.add(topic)
    void this.#askUntil(topic, wanted, firstRetryMs)
  }

  /** Until the topic has as many partitions as are wanted of it. */
  async #askUntil(topic: string, wanted: number, retryMs: number): Promise<void> {
    let error: unknown
    try {
      const count = await this.#count(topic)
      this.#counts.set(topic, count)
      if (count >= wanted) {
        this.#asking.delete(topic)
        this.#onLearned()
        return
      }
      error = `it has ${String(count)} partitions, and ${String(wanted)} are needed`
    } catch (cause) {
      error = cause
    }
    this.#logger.warn(
      { topic, error },
      'records are held back until their topic is there and right',
    )
    this.#clock.after(retryMs, () => {
      void this.#askUntil(topic, wanted, Math.min(2 * retryMs, longestRetryMs))
    })
  }

  async #count(topic: string): Promise<number> {
    const definition = definitionOfInbox(topic)
    return definition === undefined
      ? this.#log.partitions(topic)
      : partitionCount(this.#log, definition, sentTo)
  }
}
