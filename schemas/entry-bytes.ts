/**
 * One entry in bare Avro, without the registry's header: as it stands within a commit, in a run's
 * history in memory, and in snapshots.
 */

import { AvroCursor } from './avro-cursor.ts'
import { EncodedEntry } from './encoded-entry.ts'
import { EntryReader } from './entry-reader.ts'
import type { Entry } from './records.ts'

export { EncodedEntry }

let reader: EntryReader | undefined

/** The bytes of an entry; not to be kept, since they share memory with those of others. */
export function entryBytes(entry: Entry): Buffer {
  return EncodedEntry.of(entry).toBytes()
}

/** Reads the entry at a position. @throws RangeError when the bytes end within it */
export function readEntry(buffer: Buffer, position: number): { entry: Entry; position: number } {
  const cursor = new AvroCursor(buffer, position)
  return { entry: nextEntry(cursor), position: cursor.position }
}

/** Reads the entry that a cursor stands at. @throws RangeError when the bytes end within it */
export function nextEntry(cursor: AvroCursor): Entry {
  return (reader ??= new EntryReader()).read(cursor)
}

/**
 * A commit's bytes with its entries.
 * @param empty the bytes of the commit without entries: they end with the empty array's zero
 */
export function withEntries(empty: Buffer, entries: readonly Entry[]): Buffer {
  if (entries.length === 0) return empty
  // An array is a block of items behind their count, and a zero.
  const count = zigzag(entries.length)
  const encoded = entries.map((entry) => EncodedEntry.of(entry))
  let bytes = empty.length + count.length
  for (const { byteLength } of encoded) bytes += byteLength
  const commit = Buffer.allocUnsafe(bytes)
  let position = empty.copy(commit, 0, 0, empty.length - 1)
  position += count.copy(commit, position)
  for (const entry of encoded) {
    entry.copyTo(commit, position)
    position += entry.byteLength
  }
  commit[position] = 0
  return commit
}

/** A positive number as Avro writes it: twice the number, seven bits to a byte, the lowest first. */
function zigzag(count: number): Buffer {
  const bytes: number[] = []
  let left = count * 2
  for (; left > 0x7f; left = Math.floor(left / 128)) bytes.push((left % 128) | 0x80)
  bytes.push(left)
  return Buffer.from(bytes)
}
