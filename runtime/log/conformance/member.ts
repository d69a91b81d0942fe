/** A member of a group as the owning tests see it: what it was given, in order. */

import type { Log, LogRecord, Ownership } from '../port.ts'
import { text, type LogHarness } from './harness.ts'

export interface MemberOptions {
  readonly topic: string
  readonly group: string
  readonly instanceId?: string
  /** Where a partition that is newly given is sought to; undefined leaves it alone. */
  readonly seekTo?: bigint
}

export class Member {
  /** Every assignment it heard of. */
  readonly assignments: (readonly number[])[] = []
  readonly #records = new Map<number, LogRecord[]>()
  #ownership: Ownership | undefined
  isTold = false

  static async join(harness: LogHarness, log: Log, options: MemberOptions): Promise<Member> {
    const member = new Member()
    member.#ownership = await log.own({
      group: options.group,
      topic: options.topic,
      sessionTimeoutMs: harness.sessionTimeoutMs,
      ...(options.instanceId !== undefined && { instanceId: options.instanceId }),
      listener: {
        onAssigned: (partitions) => member.#assigned(partitions, options.seekTo),
        onRecords: (partition, records) => member.#of(partition).push(...records),
      },
    })
    return member
  }

  get ownership(): Ownership {
    if (this.#ownership === undefined) throw new Error('assigned before own() had resolved')
    return this.#ownership
  }

  get held(): readonly number[] {
    return this.assignments.at(-1) ?? []
  }

  values(partition: number): string[] {
    return this.#of(partition).map(text)
  }

  offsets(partition: number): bigint[] {
    return this.#of(partition).map(({ offset }) => offset)
  }

  #assigned(partitions: readonly number[], seekTo: bigint | undefined): void {
    const before = this.held
    this.assignments.push([...partitions].sort((a, b) => a - b))
    if (seekTo === undefined) return
    for (const partition of partitions) {
      if (!before.includes(partition)) this.ownership.seek(partition, seekTo)
    }
  }

  #of(partition: number): LogRecord[] {
    const known = this.#records.get(partition)
    if (known !== undefined) return known
    const records: LogRecord[] = []
    this.#records.set(partition, records)
    return records
  }
}
