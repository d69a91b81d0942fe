/**
 * One entry in bare Avro, without the registry's header: as it stands within a commit, in a run's
 * history in memory, and in snapshots.
 */

import type { Entry, EntryBody } from './records.ts'
import { entryForm } from './wire.ts'

const slabBytes = 64 * 1024

let made: ReturnType<typeof entryForm> | undefined
let slab = Buffer.alloc(0)
let used = 0

/** An entry with its bytes: what goes into both a commit and a history is written once. */
export class EncodedEntry implements Entry {
  readonly runId: string
  readonly seq: number
  readonly at: number
  readonly body: EntryBody
  readonly #bytes: Buffer

  constructor(runId: string, seq: number, at: number, body: EntryBody) {
    this.runId = runId
    this.seq = seq
    this.at = at
    this.body = body
    this.#bytes = write(this)
  }

  static bytesOf(entry: Entry): Buffer | undefined {
    return #bytes in entry ? entry.#bytes : undefined
  }
}

/** The bytes of an entry; not to be kept, since they share memory with those of others. */
export function entryBytes(entry: Entry): Buffer {
  return EncodedEntry.bytesOf(entry) ?? write(entry)
}

function write(entry: Entry): Buffer {
  const form = (made ??= entryForm())
  const wire = form.toWire(entry)
  let end = form.type.encode(wire, slab, used)
  if (end < 0) {
    // What is missing goes past the end of the slab.
    slab = Buffer.allocUnsafeSlow(Math.max(slabBytes, slab.length - used - end))
    used = 0
    end = form.type.encode(wire, slab, 0)
  }
  const bytes = slab.subarray(used, end)
  used = end
  return bytes
}

/** Reads the entry at a position. @throws RangeError when the bytes end within it */
export function readEntry(buffer: Buffer, position: number): { entry: Entry; position: number } {
  const form = (made ??= entryForm())
  const { value, offset } = form.type.decode(buffer, position)
  if (offset < 0) throw new RangeError(`the bytes end within the entry at ${String(position)}`)
  return { entry: form.fromWire(value), position: offset }
}

/**
 * A commit's bytes with its entries.
 * @param empty the bytes of the commit without entries: they end with the empty array's zero
 */
export function withEntries(empty: Buffer, entries: readonly Entry[]): Buffer {
  if (entries.length === 0) return empty
  // An array is a block of items behind their count, and a zero.
  const count = zigzag(entries.length)
  const head = empty.subarray(0, -1)
  return Buffer.concat([head, count, ...entries.map(entryBytes), zero])
}

const zero = Buffer.alloc(1)

/** A positive number as Avro writes it: twice the number, seven bits to a byte, the lowest first. */
function zigzag(count: number): Buffer {
  const bytes: number[] = []
  let left = count * 2
  for (; left > 0x7f; left = Math.floor(left / 128)) bytes.push((left % 128) | 0x80)
  bytes.push(left)
  return Buffer.from(bytes)
}
