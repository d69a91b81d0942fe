/**
 * One entry in bare Avro, without the registry's header: the compact form of a run's history in
 * memory and in snapshots.
 */

import type { Entry } from './records.ts'
import { entryForm } from './wire.ts'

let made: ReturnType<typeof entryForm> | undefined

/** Writes an entry at a position; returns the position after it, or -1 when it does not fit. */
export function writeEntry(entry: Entry, buffer: Buffer, position: number): number {
  const form = (made ??= entryForm())
  const end = form.type.encode(form.toWire(entry), buffer, position)
  return end < 0 ? -1 : end
}

/** Reads the entry at a position. @throws RangeError when the bytes end within it */
export function readEntry(buffer: Buffer, position: number): { entry: Entry; position: number } {
  const form = (made ??= entryForm())
  const { value, offset } = form.type.decode(buffer, position)
  if (offset < 0) throw new RangeError(`the bytes end within the entry at ${String(position)}`)
  return { entry: form.fromWire(value), position: offset }
}
