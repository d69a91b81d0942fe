/**
 * Reads the commits of a journal partition. Offsets of a journal are contiguous: every record is a
 * commit of its own, so a hole means that something has been trimmed, and is an error. What somebody
 * else wrote there is a commit that says nothing; what a Stoa wrote and this one cannot read is an
 * error.
 */

import { FencedError, LogError } from '../errors.ts'
import type { Log } from '../log/port.ts'
import { decodeOurs, type Codec, type RecordDecoder } from '../../schemas/codec.ts'
import type { Commit } from '../../schemas/records.ts'
import { definitionTopics } from '../../schemas/topics.ts'
import { emptyPartition, fold, restoringPartition, type PartitionState } from './fold.ts'
import type { Kernel } from './kernel.ts'
import type { Home } from './outbox.ts'

export interface PlacedCommit {
  readonly offset: bigint
  readonly commit: Commit
  readonly bytes: number
}

export interface JournalRange {
  readonly topic: string
  readonly partition: number
  readonly from: bigint
  /** Exclusive. */
  readonly to: bigint
}

/**
 * @param decoder `codec.skimmedCommit` for those who keep nothing of a commit
 * @throws LogError JOURNAL_HOLE when an offset of the range is missing
 */
export async function* readJournal(
  log: Log,
  codec: Codec,
  range: JournalRange,
  decoder: RecordDecoder<Commit> = codec.commit,
): AsyncGenerator<readonly PlacedCommit[], void> {
  let expected = range.from
  for await (const records of log.read({ ...range, markers: true })) {
    const commits: PlacedCommit[] = []
    for (const { offset, value } of records) {
      if (offset !== expected) throw hole(range, expected)
      const decoded = decodeWith(decoder, value)
      const commit = decoded instanceof Promise ? await decoded : decoded
      commits.push({ offset, commit, bytes: value?.byteLength ?? 0 })
      expected = offset + 1n
    }
    yield commits
  }
  if (expected !== range.to) throw hole(range, expected)
}

/** Of no epoch, so that no fold accepts it. */
const foreignCommit: Commit = {
  ...{ epoch: -1n, inboxTaken: -1n, outboxConfirmed: { offset: -1n, index: -1 } },
  ...{ fence: null, checkpoint: [], entries: [] },
}

/** The commit of a journal's record, as every reader has to take it. */
export function decodeCommit(codec: Codec, value: Uint8Array | null): Commit | Promise<Commit> {
  return decodeWith(codec.commit, value)
}

function decodeWith(
  decoder: RecordDecoder<Commit>,
  value: Uint8Array | null,
): Commit | Promise<Commit> {
  const decoded = decodeOurs(decoder, value)
  return decoded instanceof Promise
    ? decoded.then((commit) => commit ?? foreignCommit)
    : (decoded ?? foreignCommit)
}

/** Where a fold begins, and the fence of our own that it must end with. */
export interface FenceRange {
  readonly from: bigint
  readonly fence: bigint
  readonly nonce: string
}

/**
 * Folds a partition up to a fence of our own.
 * @throws LogError JOURNAL_HOLE when it was trimmed meanwhile or the checkpoint is not complete;
 * LOG_UNAVAILABLE when the record at the acknowledged offset is not our fence
 */
export async function foldToFence(
  kernel: Kernel,
  home: Home,
  { from, fence, nonce }: FenceRange,
  onCommit: (commit: Commit, bytes: number) => void,
): Promise<PartitionState> {
  const { log, codec, clock, settings } = kernel
  const { partition } = home
  const topic = journalOf(home)
  let state: PartitionState | null = null
  let last: Commit | undefined
  const range = { topic, partition, from, to: fence + 1n }
  for await (const commits of readJournal(log, codec, range, codec.skimmedCommit)) {
    for (const { offset, commit, bytes } of commits) {
      state ??= startingState(home, offset, commit)
      fold(state, offset, commit, settings.sabotage)
      onCommit(commit, bytes)
      last = commit
    }
    await clock.yield()
  }
  if (state === null || last?.fence?.nonce !== nonce) throw notOurFence()
  if (state.isRestoring) {
    throw new LogError(`the checkpoint at offset ${String(from)} of ${topic} is not complete`, {
      code: 'JOURNAL_HOLE',
    })
  }
  return state
}

/** Reads a short range of a journal whole. @throws LogError JOURNAL_HOLE when it begins below low */
export async function readCommits(
  { log, codec }: Kernel,
  home: Home,
  from: bigint,
  to: bigint,
): Promise<readonly PlacedCommit[]> {
  const { partition } = home
  const topic = journalOf(home)
  const range = { topic, partition, from, to }
  const { low } = await log.offsets(topic, partition)
  if (low > from) throw hole(range, from)
  const commits: PlacedCommit[] = []
  if (from === to) return commits
  for await (const some of readJournal(log, codec, range)) commits.push(...some)
  return commits
}

/** @throws FencedError when somebody else has fenced; LogError when our own fence is not last */
export function checkFences(
  commits: readonly PlacedCommit[],
  incarnation: string,
  nonce: string,
): void {
  for (const { offset, commit } of commits) {
    if (commit.fence !== null && commit.fence.incarnation !== incarnation) {
      throw new FencedError(`a newer owner has fenced at offset ${String(offset)}`)
    }
  }
  if (commits.at(-1)?.commit.fence?.nonce !== nonce) throw notOurFence()
}

function journalOf(home: Home): string {
  return definitionTopics(home.definition).journal
}

function notOurFence(): LogError {
  return new LogError('the record at the acknowledged offset is not our fence', {
    code: 'LOG_UNAVAILABLE',
  })
}

/** A fold begins at a checkpoint, or at the very beginning of the journal. */
function startingState(home: Home, offset: bigint, commit: Commit): PartitionState {
  if (commit.checkpoint.some((part) => part.type === 'CheckpointBegun'))
    return restoringPartition(home)
  if (offset === 0n) return emptyPartition(home)
  throw new LogError(
    `the journal of ${home.definition}[${String(home.partition)}] begins at offset ${String(offset)}, which is no checkpoint`,
    { code: 'JOURNAL_HOLE' },
  )
}

function hole(range: JournalRange, offset: bigint): LogError {
  return new LogError(
    `offset ${String(offset)} of ${range.topic}[${String(range.partition)}] is missing: the journal was trimmed while it was read, or records were deleted by hand`,
    { code: 'JOURNAL_HOLE', details: { ...range, from: String(range.from), to: String(range.to) } },
  )
}

/** Whether an error says that what must be in a journal is missing. */
export function isHole(error: unknown): boolean {
  return error instanceof LogError && error.code === 'JOURNAL_HOLE'
}
