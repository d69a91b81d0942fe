/**
 * Reads the commits of a journal partition. Offsets of a journal are contiguous: every record is a
 * commit of its own, so a hole means that something has been trimmed, and is an error.
 */

import { LogError } from '../errors.ts'
import type { Log } from '../log/port.ts'
import type { Codec } from '../../schemas/codec.ts'
import type { Commit } from '../../schemas/records.ts'

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

/** @throws LogError JOURNAL_HOLE when an offset of the range is missing */
export async function* readJournal(
  log: Log,
  codec: Codec,
  range: JournalRange,
): AsyncGenerator<readonly PlacedCommit[], void> {
  let expected = range.from
  for await (const records of log.read(range)) {
    const commits: PlacedCommit[] = []
    for (const { offset, value } of records) {
      if (offset !== expected) throw hole(range, expected)
      if (value === null) throw hole(range, offset)
      const decoded = codec.commit.decode(value)
      const commit = decoded instanceof Promise ? await decoded : decoded
      commits.push({ offset, commit, bytes: value.byteLength })
      expected = offset + 1n
    }
    yield commits
  }
  if (expected !== range.to) throw hole(range, expected)
}

function hole(range: JournalRange, offset: bigint): LogError {
  return new LogError(
    `offset ${String(offset)} of ${range.topic}[${String(range.partition)}] is missing: the journal was trimmed while it was read, or records were deleted by hand`,
    { code: 'JOURNAL_HOLE', details: { ...range, from: String(range.from), to: String(range.to) } },
  )
}
