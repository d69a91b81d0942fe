/**
 * A member's view of what it owns, over its network: the group and the partitions are the cluster's
 * truth, which arrives here late or, once the connection is dead, never.
 */

import type { Committed, Ownership, OwnOptions } from '../port.ts'
import type { MemoryGroup, MemoryMember } from './group.ts'
import type { Network } from './network.ts'
import type { MemoryPartition } from './partition.ts'

interface Position {
  /** Undefined until the first seek. */
  next: bigint | undefined
  isPaused: boolean
}

export interface OwnershipParts {
  readonly network: Network
  readonly group: MemoryGroup
  readonly partitions: readonly MemoryPartition[]
  readonly options: OwnOptions
}

export class MemoryOwnership implements Ownership {
  readonly #parts: OwnershipParts
  readonly #positions = new Map<number, Position>()
  readonly #unwatch: (() => void)[]
  #member: MemoryMember | undefined
  #isStopped = false
  #assignments = 0
  /** The last assignment that was told of. */
  #heard = 0

  constructor(parts: OwnershipParts) {
    this.#parts = parts
    this.#unwatch = parts.partitions.map((source) =>
      source.watch(() => this.#fetch(source.partition)),
    )
  }

  join(): void {
    const { group, network, options } = this.#parts
    if (this.#isStopped) return
    this.#member = group.join({
      instanceId: options.instanceId,
      sessionTimeoutMs: options.sessionTimeoutMs,
      onAssigned: (partitions) => {
        this.#assignments += 1
        const assignment = this.#assignments
        network.pass(() => {
          if (assignment !== this.#assignments) return
          // Between two assignments that do not follow each other anybody may have owned anything.
          if (assignment !== this.#heard + 1) this.#assigned([])
          this.#heard = assignment
          this.#assigned(partitions)
        })
      },
      onReplaced: () => network.pass(() => this.#replaced()),
    })
  }

  seek(partition: number, offset: bigint): void {
    const position = this.#positions.get(partition)
    if (position === undefined) return
    position.next = offset
    this.#fetch(partition)
  }

  pause(partition: number): void {
    const position = this.#positions.get(partition)
    if (position !== undefined) position.isPaused = true
  }

  resume(partition: number): void {
    const position = this.#positions.get(partition)
    if (position === undefined) return
    position.isPaused = false
    this.#fetch(partition)
  }

  commit(partition: number, committed: Committed): Promise<void> {
    const { group, network } = this.#parts
    return network.request(() => group.commit(this.#member, partition, committed))
  }

  committed(partition: number): Promise<Committed> {
    const { group, network } = this.#parts
    return network.request(() => group.committed(partition))
  }

  async leave(): Promise<void> {
    const { group, network } = this.#parts
    const member = this.#member
    this.#stop()
    await network.request(() => {
      if (member === undefined) return
      if (member.options.instanceId === undefined) group.leave(member)
      else group.silence(member)
    })
  }

  /** The process no longer reaches the group, or is gone. */
  silence(): void {
    if (this.#member !== undefined) this.#parts.group.silence(this.#member)
  }

  /** The process reaches the group again. */
  hear(): void {
    if (this.#isStopped || this.#member === undefined) return
    if (this.#parts.group.hear(this.#member)) return
    // Its place may have been taken meanwhile; it must not take it back.
    if (this.#parts.group.isReplaced(this.#member)) this.#replaced()
    else {
      this.#assignments += 1
      this.join()
    }
  }

  /** The process is gone. */
  abandon(): void {
    this.silence()
    this.#stop()
  }

  #assigned(partitions: readonly number[]): void {
    if (this.#isStopped) return
    for (const partition of this.#positions.keys()) {
      if (!partitions.includes(partition)) this.#positions.delete(partition)
    }
    for (const partition of partitions) {
      if (!this.#positions.has(partition)) {
        this.#positions.set(partition, { next: undefined, isPaused: false })
      }
    }
    this.#parts.options.listener.onAssigned(partitions)
    for (const partition of partitions) this.#fetch(partition)
  }

  #replaced(): void {
    if (this.#isStopped) return
    this.#stop()
    this.#parts.options.listener.onAssigned([])
  }

  #fetch(partition: number): void {
    if (this.#isReady(partition)) this.#parts.network.pass(() => this.#deliver(partition))
  }

  #deliver(partition: number): void {
    const position = this.#positions.get(partition)
    const source = this.#parts.partitions[partition]
    if (position?.next === undefined || source === undefined || !this.#isReady(partition)) return

    const records = source.slice(position.next, source.offsets.high)
    const last = records.at(-1)
    if (last === undefined) return
    position.next = last.offset + 1n
    this.#parts.options.listener.onRecords(partition, records)
    this.#fetch(partition)
  }

  #isReady(partition: number): boolean {
    const position = this.#positions.get(partition)
    const isOpen = position !== undefined && position.next !== undefined && !position.isPaused
    return isOpen && !this.#isStopped && !this.#parts.group.isRebalancing
  }

  #stop(): void {
    this.#isStopped = true
    this.#positions.clear()
    for (const unwatch of this.#unwatch.splice(0)) unwatch()
  }
}
