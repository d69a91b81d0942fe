/** A member of a group and what it is given: membership says which partitions, the fetcher brings them. */

import protocol from 'kafkajs/src/protocol/requests/index.js'
import type { Committed, Ownership, OwnOptions } from '../port.ts'
import { brokerError, fenced } from './errors.ts'
import { Fetcher, type FetcherParts } from './fetcher.ts'
import { type MemberIdentity, Membership } from './membership.ts'
import { persist } from './retry.ts'

const offsetCommit = protocol.requests.OffsetCommit.protocol({ version: 5 })
const offsetFetch = protocol.requests.OffsetFetch.protocol({ version: 4 })

const persistMs = 10_000
/** The place in the group is gone, or another's. */
const lostPlace = new Set(['UNKNOWN_MEMBER_ID', 'FENCED_INSTANCE_ID'])

export class KafkaOwnership implements Ownership {
  readonly #parts: FetcherParts
  readonly #options: OwnOptions
  readonly #membership: Membership
  readonly #fetcher: Fetcher
  #held: readonly number[] = []
  #isStopped = false

  constructor(parts: FetcherParts, number: number, options: OwnOptions) {
    const { group, topic, instanceId, sessionTimeoutMs, listener } = options
    this.#parts = parts
    this.#options = options
    const purpose = `member-${number}` as const
    this.#fetcher = new Fetcher(parts, {
      topic,
      number,
      purpose,
      onRecords: (partition, records) => listener.onRecords(partition, records),
    })
    this.#membership = new Membership(parts, {
      group,
      topic,
      instanceId,
      sessionTimeoutMs,
      purpose,
      onAssigned: (partitions) => this.#assigned(partitions),
    })
  }

  start(): void {
    if (!this.#isStopped) this.#membership.start()
  }

  seek(partition: number, offset: bigint): void {
    this.#fetcher.seek(partition, offset)
  }

  pause(partition: number): void {
    this.#fetcher.pause(partition)
  }

  resume(partition: number): void {
    this.#fetcher.resume(partition)
  }

  async commit(partition: number, { offset, metadata }: Committed): Promise<void> {
    const { group, topic } = this.#options
    const commit = async (coordinator: number) => {
      const { memberId, generation } = this.#identity()
      const call = offsetCommit({
        groupId: group,
        groupGenerationId: generation,
        memberId,
        topics: [{ topic, partitions: [{ partition, offset: offset.toString(), metadata }] }],
      })
      await this.#parts.connections.sendTo(coordinator, 'general', call)
    }
    try {
      await this.#ask(`commit an offset of group ${group}`, commit)
    } catch (error) {
      if (lostPlace.has(brokerError(error) ?? '')) throw fenced(group, error)
      throw error
    }
  }

  async committed(partition: number): Promise<Committed> {
    const { group, topic } = this.#options
    const call = offsetFetch({ groupId: group, topics: [{ topic, partitions: [{ partition }] }] })
    const { responses } = await this.#ask(`read the offsets of group ${group}`, (coordinator) =>
      this.#parts.connections.sendTo(coordinator, 'general', call),
    )
    const found = responses[0]?.partitions[0]
    return { offset: BigInt(found?.offset ?? -1), metadata: found?.metadata ?? '' }
  }

  async leave(): Promise<void> {
    if (this.#isStopped) return
    this.#isStopped = true
    this.#fetcher.close()
    await this.#membership.stop()
  }

  #assigned(partitions: readonly number[]): void {
    if (this.#isStopped) return
    for (const partition of this.#held) {
      if (!partitions.includes(partition)) this.#fetcher.remove(partition)
    }
    for (const partition of partitions) this.#fetcher.add(partition)
    this.#held = partitions
    this.#options.listener.onAssigned(partitions)
  }

  #identity(): MemberIdentity {
    const { identity } = this.#membership
    if (identity === undefined || this.#isStopped) throw fenced(this.#options.group)
    return identity
  }

  #ask<R>(what: string, send: (coordinator: number) => Promise<R>): Promise<R> {
    const persistence = {
      what,
      forMs: persistMs,
      onRetry: () => this.#membership.forgetCoordinator(),
      isFinal: (name: string) => lostPlace.has(name),
      isStopped: () => this.#isStopped,
    }
    return persist(persistence, async () => send(await this.#membership.coordinator()))
  }
}
