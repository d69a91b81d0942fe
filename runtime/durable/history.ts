/**
 * A run's journal in memory: its entries as Avro bytes, so that a run costs little more than what it
 * recorded. An execution reads it once, from the beginning.
 *
 * 1. A short history is a string of one character a byte, whose overhead is a tenth of a buffer's:
 *    very many runs are suspended after a few entries.
 * 2. A longer one is a few growing chunks, which are not part of the heap.
 */

import { AvroCursor } from '../../schemas/avro-cursor.ts'
import { EncodedEntry, nextEntry } from '../../schemas/entry-bytes.ts'
import type { Entry } from '../../schemas/records.ts'

/** While it grows: one that goes on growing is better off outside the heap. */
const longestGrowing = 256
/** When it is compacted, and so at rest. */
const longestText = 1_024
const largestChunk = 64 * 1024

interface Chunk {
  readonly buffer: Buffer
  used: number
}

export class History {
  #held: string | Chunk[] = ''
  #count = 0
  #bytes = 0

  get count(): number {
    return this.#count
  }

  get bytes(): number {
    return this.#bytes
  }

  append(entry: Entry): void {
    const encoded = EncodedEntry.of(entry)
    const { byteLength } = encoded
    this.#count += 1
    this.#bytes += byteLength
    if (typeof this.#held === 'string') {
      if (this.#bytes <= longestGrowing) {
        this.#held += encoded.toLatin1()
        return
      }
      this.#held = chunksOf(this.#held)
    }
    const chunk = chunkFor(this.#held, byteLength)
    encoded.copyTo(chunk.buffer, chunk.used)
    chunk.used += byteLength
  }

  /** Reads the entries that are there when it begins; their payloads share memory with it. */
  *entries(): Generator<Entry, void> {
    let left = this.#count
    for (const { buffer, used } of chunksOf(this.#held)) {
      const cursor = new AvroCursor(buffer, 0, true)
      while (cursor.position < used && left > 0) {
        left -= 1
        yield nextEntry(cursor)
      }
    }
  }

  /** Makes what was recorded as small as it can be. */
  compact(): void {
    if (!isExact(this.#held)) this.#held = keep(this.toBytes())
  }

  toBytes(): Buffer {
    if (typeof this.#held === 'string') return Buffer.from(this.#held, 'latin1')
    return Buffer.concat(this.#held.map(({ buffer, used }) => buffer.subarray(0, used)))
  }

  static fromBytes(bytes: Buffer, count: number): History {
    const history = new History()
    history.#held = keep(bytes)
    history.#count = count
    history.#bytes = bytes.length
    return history
  }
}

/** A copy of its own: a view would keep alive whatever the bytes arrived in. */
function keep(bytes: Buffer): string | Chunk[] {
  if (bytes.length <= longestText) return bytes.toString('latin1')
  const buffer = Buffer.allocUnsafeSlow(bytes.length)
  bytes.copy(buffer)
  return [{ buffer, used: buffer.length }]
}

function isExact(held: string | Chunk[]): boolean {
  if (typeof held === 'string') return false
  const [chunk] = held
  return held.length === 1 && chunk?.used === chunk?.buffer.buffer.byteLength
}

function chunksOf(held: string | Chunk[]): Chunk[] {
  if (typeof held !== 'string') return held
  if (held === '') return []
  const buffer = Buffer.from(held, 'latin1')
  return [{ buffer, used: buffer.length }]
}

/** The last chunk, or a new one, with room for so many bytes. */
function chunkFor(chunks: Chunk[], byteLength: number): Chunk {
  const last = chunks.at(-1)
  if (last !== undefined && last.used + byteLength <= last.buffer.length) return last
  const next = Math.min(2 * (last?.buffer.length ?? 0), largestChunk)
  // Small ones share memory with those of other runs, until they are compacted.
  const chunk = { buffer: Buffer.allocUnsafe(Math.max(longestGrowing, next, byteLength)), used: 0 }
  chunks.push(chunk)
  return chunk
}
