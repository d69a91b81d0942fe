/**
 * A consumer group as its coordinator sees it.
 *
 * 1. A rebalance waits for every member; one that is silent holds it up until its session ends.
 * 2. While it waits, nobody in the group is given records.
 * 3. A static member that comes back takes the place of its former self, and nobody else notices.
 * 4. Only a member of the group may commit, and only for what it is assigned.
 */

import type { Clock } from '../../clock.ts'
import { FencedError } from '../../errors.ts'
import type { Committed } from '../port.ts'
import { stickyAssignment } from '../sticky.ts'

export interface MemberOptions {
  readonly instanceId: string | undefined
  readonly sessionTimeoutMs: number
  /** Called with the partitions after every rebalance, and after its own static return. */
  readonly onAssigned: (partitions: readonly number[]) => void
  /** Called once another process has joined under the same instance id. */
  readonly onReplaced: () => void
}

export class MemoryMember {
  readonly id: string
  readonly options: MemberOptions
  partitions: readonly number[] = []
  endSession: (() => void) | undefined

  constructor(id: string, options: MemberOptions) {
    this.id = id
    this.options = options
  }
}

export class MemoryGroup {
  readonly #name: string
  readonly #clock: Clock
  readonly #partitions: number
  readonly #committed = new Map<number, Committed>()
  #members: MemoryMember[] = []
  #joined = 0
  #generation = 0
  #isRebalancing = false

  constructor(name: string, clock: Clock, partitions: number) {
    this.#name = name
    this.#clock = clock
    this.#partitions = partitions
  }

  get isRebalancing(): boolean {
    return this.#isRebalancing
  }

  has(member: MemoryMember): boolean {
    return this.#members.includes(member)
  }

  /** Another process has its instance id. */
  isReplaced({ options: { instanceId } }: MemoryMember): boolean {
    const isHeld = this.#members.some((other) => other.options.instanceId === instanceId)
    return instanceId !== undefined && isHeld
  }

  join(options: MemberOptions): MemoryMember {
    this.#joined += 1
    const member = new MemoryMember(`member-${String(this.#joined).padStart(6, '0')}`, options)
    const { instanceId } = options
    const former = this.#members.find((other) => other.options.instanceId === instanceId)

    if (instanceId === undefined || former === undefined) {
      this.#members.push(member)
      this.rebalance()
      return member
    }

    former.endSession?.()
    former.options.onReplaced()
    member.partitions = former.partitions
    this.#members = this.#members.map((other) => (other === former ? member : other))
    if (this.#isRebalancing) this.#completeRebalance()
    else options.onAssigned(member.partitions)
    return member
  }

  leave(member: MemoryMember): void {
    if (!this.has(member)) return
    member.endSession?.()
    this.#members = this.#members.filter((other) => other !== member)
    this.rebalance()
  }

  /** The member no longer sends heartbeats. */
  silence(member: MemoryMember): void {
    if (!this.has(member) || member.endSession !== undefined) return
    const cancel = this.#clock.after(member.options.sessionTimeoutMs, () => this.leave(member))
    member.endSession = () => {
      cancel()
      member.endSession = undefined
    }
  }

  /** The member sends heartbeats again; false when its session has ended meanwhile. */
  hear(member: MemoryMember): boolean {
    if (!this.has(member)) return false
    member.endSession?.()
    if (this.#isRebalancing) this.#completeRebalance()
    return true
  }

  rebalance(): void {
    this.#isRebalancing = true
    this.#completeRebalance()
  }

  commit(member: MemoryMember | undefined, partition: number, committed: Committed): void {
    const isMember = member !== undefined && this.has(member)
    if (!isMember || !member.partitions.includes(partition)) {
      throw new FencedError(
        `partition ${String(partition)} is not the process's in group ${this.#name}: its commit does not count`,
      )
    }
    this.#committed.set(partition, committed)
  }

  committed(partition: number): Committed {
    return this.#committed.get(partition) ?? { offset: -1n, metadata: '' }
  }

  #completeRebalance(): void {
    const isHeldUp = this.#members.some((member) => member.endSession !== undefined)
    if (isHeldUp) return
    this.#isRebalancing = false
    if (this.#members.length === 0) return

    const assignment = stickyAssignment(
      this.#partitions,
      this.#members.map(({ id, partitions }) => ({
        id,
        held: partitions,
        generation: this.#generation,
      })),
    )
    this.#generation += 1
    for (const member of this.#members) {
      member.partitions = assignment.get(member.id) ?? []
      member.options.onAssigned(member.partitions)
    }
  }
}
