/** An entry with its bytes in bare Avro: what goes into both a commit and a history is written once. */

import type { Entry, EntryBody } from './records.ts'
import { entryForm } from './wire.ts'

const slabBytes = 64 * 1024

let made: ReturnType<typeof entryForm> | undefined
let slab = Buffer.alloc(0)
let used = 0

export class EncodedEntry implements Entry {
  readonly runId: string
  readonly seq: number
  readonly at: number
  readonly body: EntryBody
  readonly #buffer: Buffer
  readonly #start: number
  readonly #end: number

  /** @param buffer holds the entry's bytes from `start` to `end`; when none is given they are written */
  constructor(
    runId: string,
    seq: number,
    at: number,
    body: EntryBody,
    buffer?: Buffer,
    start = 0,
    end = 0,
  ) {
    this.runId = runId
    this.seq = seq
    this.at = at
    this.body = body
    if (buffer === undefined) {
      this.#end = write(this)
      this.#start = used
      this.#buffer = slab
      used = this.#end
    } else {
      this.#buffer = buffer
      this.#start = start
      this.#end = end
    }
  }

  static of(entry: Entry): EncodedEntry {
    if (entry instanceof EncodedEntry) return entry
    return new EncodedEntry(entry.runId, entry.seq, entry.at, entry.body)
  }

  get byteLength(): number {
    return this.#end - this.#start
  }

  copyTo(target: Buffer, position: number): void {
    this.#buffer.copy(target, position, this.#start, this.#end)
  }

  /** Its bytes as a string, a character each. */
  toLatin1(): string {
    return this.#buffer.toString('latin1', this.#start, this.#end)
  }

  /** Shares memory with the bytes of others. */
  toBytes(): Buffer {
    return this.#buffer.subarray(this.#start, this.#end)
  }
}

/** Writes an entry behind those before; returns where it ends. */
function write(entry: Entry): number {
  const form = (made ??= entryForm())
  const wire = form.toWire(entry)
  const end = form.type.encode(wire, slab, used)
  if (end >= 0) return end
  // What is missing goes past the end of the slab.
  slab = Buffer.allocUnsafeSlow(Math.max(slabBytes, slab.length - used - end))
  used = 0
  return form.type.encode(wire, slab, 0)
}
