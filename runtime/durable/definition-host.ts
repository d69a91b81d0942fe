/**
 * Hosts one definition in one process: a member of its consumer group, which owns the partitions
 * that the group assigns to it.
 *
 * 1. The assignment says whom the group wants; each partition decides by its fence who owns.
 * 2. A partition kept across a rebalance is not touched.
 * 3. The group hears of a new checkpoint at once: what was written behind the last one that it knows
 *    of is what the next owner folds.
 */

import { UsageError } from '../errors.ts'
import type { Logger } from '../logger.ts'
import type { Committed, Ownership } from '../log/port.ts'
import { definitionTopics } from '../../schemas/topics.ts'
import type { AnyWorkflow } from './definition.ts'
import type { Kernel } from './kernel.ts'
import { partitionCount } from './partition-count.ts'
import { Partition } from './partition.ts'
import type { PartitionHost } from './partition-host.ts'

const commitIntervalMs = 1_000
const drainCheckMs = 2

export class DefinitionHost implements PartitionHost {
  readonly logger: Logger
  readonly current: AnyWorkflow
  readonly #kernel: Kernel
  readonly #versions: ReadonlyMap<string, AnyWorkflow>
  readonly #partitions = new Map<number, Partition>()
  /** To be committed. */
  readonly #positions = new Map<number, Committed>()
  /** Given last for each partition. */
  readonly #metadata = new Map<number, string>()
  #assigned: ReadonlySet<number> = new Set()
  #ownership: Ownership | null = null
  #busy = 0
  #isDraining = false
  #isStopped = false
  #stopCommitTimer: (() => void) | null = null
  #stopCooling: (() => void) | null = null

  /** @param versions of one definition; new runs start with the first */
  constructor(kernel: Kernel, versions: readonly AnyWorkflow[]) {
    const [current] = versions
    if (current === undefined) {
      throw new UsageError('serve() was given no definition', { code: 'CONFIGURATION_INVALID' })
    }
    this.current = current
    this.#kernel = kernel
    this.#versions = new Map(versions.map((definition) => [definition.version, definition]))
    this.logger = kernel.logger.child({ definition: current.name })
  }

  /**
   * Joins the group; partitions are acquired as they are assigned.
   * @throws LogError TOPIC_UNKNOWN when a topic of the definition is missing
   * @throws UsageError TOPIC_MISMATCH when their partition counts differ
   */
  async start(instanceId: string | undefined): Promise<void> {
    const { log, settings } = this.#kernel
    await partitionCount(log, this.current.name, ['inbox', 'journal', 'results'])
    this.#ownership = await log.own({
      group: this.current.name,
      topic: definitionTopics(this.current.name).inbox,
      ...(instanceId === undefined ? {} : { instanceId }),
      sessionTimeoutMs: settings.sessionTimeoutMs,
      listener: {
        onAssigned: (partitions) => {
          this.#assign(partitions)
        },
        onRecords: (partition, records) => {
          this.#partitions.get(partition)?.onRecords(records)
        },
      },
    })
    // An assignment may have come before there was an ownership to seek with.
    this.#acquireAssigned()
    this.#cool()
  }

  /** Finishes what is under way, for as long as the grace lasts, and leaves the group. */
  async stop(graceMs: number): Promise<void> {
    const { clock } = this.#kernel
    const end = clock.now() + graceMs
    this.#isDraining = true
    for (const partition of this.#partitions.values()) partition.drain()
    while (clock.now() < end && [...this.#partitions.values()].some((owned) => !owned.isIdle)) {
      await new Promise<void>((resolve) => {
        clock.after(drainCheckMs, resolve)
      })
    }
    this.#isStopped = true
    this.#stopCooling?.()
    await this.#commitPositions()
    await this.#ownership?.leave()
    for (const partition of this.#partitions.values()) partition.release()
    this.#partitions.clear()
  }

  // For its partitions

  definitionOf(version: string): AnyWorkflow | undefined {
    return this.#versions.get(version)
  }

  isAssigned(partition: number): boolean {
    return !this.#isStopped && this.#assigned.has(partition)
  }

  isFull(): boolean {
    return this.#busy >= this.current.concurrency
  }

  busyChanged(isBusy: boolean): void {
    const wasFull = this.isFull()
    this.#busy += isBusy ? 1 : -1
    if (!wasFull || this.isFull()) return
    for (const partition of this.#partitions.values()) partition.takeIn()
  }

  async committed(partition: number): Promise<Committed> {
    return this.#ownership?.committed(partition) ?? { offset: -1n, metadata: '' }
  }

  commit(partition: number, offset: bigint, metadata: string): void {
    const isNews = this.#metadata.get(partition) !== metadata
    this.#metadata.set(partition, metadata)
    this.#positions.set(partition, { offset, metadata })
    if (isNews) void this.#commitPositions()
    else {
      this.#stopCommitTimer ??= this.#kernel.clock.after(commitIntervalMs, () => {
        void this.#commitPositions()
      })
    }
  }

  async confirm(partition: number, offset: bigint, metadata: string): Promise<void> {
    this.#metadata.set(partition, metadata)
    await this.#ownership?.commit(partition, { offset, metadata })
  }

  seek(partition: number, offset: bigint): void {
    this.#ownership?.seek(partition, offset)
  }

  pause(partition: number): void {
    this.#ownership?.pause(partition)
  }

  resume(partition: number): void {
    this.#ownership?.resume(partition)
  }

  #assign(partitions: readonly number[]): void {
    if (this.#isStopped) return
    this.#assigned = new Set(partitions)
    this.logger.info({ partitions }, 'partitions assigned')
    for (const [number, partition] of this.#partitions) {
      if (this.#assigned.has(number)) continue
      partition.release()
      this.#partitions.delete(number)
      this.#positions.delete(number)
      this.#metadata.delete(number)
    }
    this.#acquireAssigned()
  }

  #acquireAssigned(): void {
    // What the group still gives to a service that is about to leave is for whoever stays.
    if (this.#ownership === null || this.#isDraining) return
    for (const number of this.#assigned) {
      if (this.#partitions.has(number)) continue
      const home = { definition: this.current.name, partition: number }
      const partition = new Partition(this.#kernel, this, home)
      this.#partitions.set(number, partition)
      void partition.acquire()
    }
  }

  async #commitPositions(): Promise<void> {
    this.#stopCommitTimer?.()
    this.#stopCommitTimer = null
    const positions = [...this.#positions]
    this.#positions.clear()
    await Promise.all(positions.map(([partition, committed]) => this.#commit(partition, committed)))
  }

  async #commit(partition: number, committed: Committed): Promise<void> {
    if (committed.offset <= 0n) return
    try {
      await this.#ownership?.commit(partition, committed)
    } catch (error) {
      // Only a hint, for lag tools and the next owner; the journal holds the position.
      this.logger.debug({ error, partition }, 'committing the group offset failed')
    }
  }

  #cool(): void {
    const { clock, settings } = this.#kernel
    this.#stopCooling = clock.after(settings.coldAfterMs, () => {
      const before = clock.now() - settings.coldAfterMs
      for (const partition of this.#partitions.values()) partition.coolBefore(before)
      if (!this.#isStopped) this.#cool()
    })
  }
}
