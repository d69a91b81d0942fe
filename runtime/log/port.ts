/**
 * The log as the kernel needs it: append a batch to several partitions in one request and learn
 * each base offset, own partitions as a member of a group, read a range, follow what is new.
 *
 * What every adapter must keep (the conformance suite holds them to it):
 * 1. Records of one `Append` get consecutive offsets, in order, all or none.
 * 2. An append whose failure is LOG_UNAVAILABLE is ambiguous: it may be in the log, now or later. No
 *    later append is ever acknowledged without having been written. One that fails for whatever
 *    reason takes none of its request with it.
 * 3. Offsets of a partition only grow, and may have gaps.
 * 4. `read` yields every record there is in its range, in order, and ends.
 * 5. An owned partition delivers nothing before `seek`, and then each record once from there in
 *    order, for as long as it is assigned; a partition kept across a rebalance goes on where it was.
 * 6. `onAssigned` is not called before `own` has resolved. It is called with none once another process
 *    has taken this one's place under its instance id, and before an assignment that does not follow
 *    on the last one: a member that was away cannot know who owned its partitions meanwhile.
 */

import { LogError } from '../errors.ts'
import type { TopicPlan } from '../../schemas/topics.ts'

export type { TopicPlan }

export type Headers = Readonly<Record<string, string>>

export interface LogRecord {
  readonly topic: string
  readonly partition: number
  readonly offset: bigint
  readonly key: Uint8Array | null
  readonly value: Uint8Array | null
  readonly headers: Headers
  /** The record's timestamp, epoch milliseconds; never used for a decision. */
  readonly timestamp: number
}

export interface NewRecord {
  readonly key: string | null
  readonly value: Uint8Array
  readonly headers?: Headers
}

/** Records for one partition. */
export interface Append {
  readonly topic: string
  readonly partition: number
  readonly records: readonly NewRecord[]
}

/**
 * Of one append: its base offset, or why it has none. RECORD_TOO_LARGE and TOPIC_UNKNOWN: it was not
 * appended. LOG_UNAVAILABLE: ambiguous, it may be in the log now or later.
 */
export type AppendResult = bigint | LogError

/** At least one append of a request failed; code, message and details are those of the first. */
export class AppendError extends LogError {
  /** Of each append of the request, in order. */
  readonly results: readonly AppendResult[]

  constructor(first: LogError, results: readonly AppendResult[]) {
    super(first.message, { code: first.code, details: first.details, cause: first })
    this.results = results
  }
}

/** The base offsets, when all of them are there. @throws AppendError when not */
export function basesOf(results: readonly AppendResult[]): readonly bigint[] {
  const bases: bigint[] = []
  for (const result of results) {
    if (typeof result !== 'bigint') throw new AppendError(result, results)
    bases.push(result)
  }
  return bases
}

export interface Offsets {
  /** The first offset that is still there. */
  readonly low: bigint
  /** The offset the next record will get. */
  readonly high: bigint
}

export interface ReadRange {
  readonly topic: string
  readonly partition: number
  readonly from: bigint
  /** Exclusive: reading ends once everything below has been yielded. Captured before reading. */
  readonly to: bigint
  /**
   * Offsets that the log has kept for itself, as for the end of a transaction, come as records
   * without a value: what is still missing then has been trimmed or compacted. Default false.
   */
  readonly markers?: boolean
}

export interface FollowOptions {
  readonly topic: string
  /** Where to begin in each partition named; a partition not named begins at its present end. */
  readonly from?: ReadonlyMap<number, bigint>
  /** Called in order per partition; must not block. */
  readonly onRecords: (partition: number, records: readonly LogRecord[]) => void
}

export interface Subscription {
  close(): Promise<void>
}

export interface OwnershipListener {
  /** The partitions the group has given to this member, after every change and rejoin. */
  onAssigned(partitions: readonly number[]): void
  /** Records of an owned partition, in order; must return at once. */
  onRecords(partition: number, records: readonly LogRecord[]): void
}

export interface Committed {
  /** The next offset to take; -1n when nothing has been committed. */
  readonly offset: bigint
  readonly metadata: string
}

export interface OwnOptions {
  readonly group: string
  readonly topic: string
  /** Makes membership static: a process that comes back has its partitions again at once. */
  readonly instanceId?: string
  readonly sessionTimeoutMs: number
  readonly listener: OwnershipListener
}

export interface Ownership {
  /** Delivers from this offset on; throws nothing when the partition is not assigned. */
  seek(partition: number, offset: bigint): void
  pause(partition: number): void
  resume(partition: number): void
  /**
   * Resolves only if, when the group took it, what this member had been told of its assignment held.
   * @throws FencedError when the process has lost its place in the group
   */
  commit(partition: number, committed: Committed): Promise<void>
  committed(partition: number): Promise<Committed>
  /** Leaves the group (a static member only stops) and delivers nothing more. */
  leave(): Promise<void>
}

export interface Log {
  /**
   * Appends everything in one request and returns the base offset of each `Append`, in order.
   * @throws AppendError when some have failed, with what became of each: RECORD_TOO_LARGE, naming
   *   size and limit, and TOPIC_UNKNOWN were not appended; LOG_UNAVAILABLE is ambiguous
   */
  append(batch: readonly Append[]): Promise<readonly bigint[]>
  /** Number of partitions of a topic. @throws LogError TOPIC_UNKNOWN */
  partitions(topic: string): Promise<number>
  offsets(topic: string, partition: number): Promise<Offsets>
  /** Offset of the first record at or after a time, or the high offset when there is none. */
  offsetAt(topic: string, partition: number, time: number): Promise<bigint>
  read(range: ReadRange): AsyncIterable<readonly LogRecord[]>
  /** Resolves once every partition is positioned, so that nothing appended later is missed. */
  follow(options: FollowOptions): Promise<Subscription>
  own(options: OwnOptions): Promise<Ownership>
  /** Deletes the records below an offset. */
  trim(topic: string, partition: number, before: bigint): Promise<void>
  close(): Promise<void>
}

/** Topic administration, apart from the log because only the command line and tests use it. */
export interface TopicAdmin {
  /** Topics that exist, of those named; with their partition count and configuration. */
  describe(names: readonly string[]): Promise<readonly TopicPlan[]>
  create(topics: readonly TopicPlan[]): Promise<void>
  close(): Promise<void>
}
