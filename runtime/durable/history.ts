/**
 * A run's journal in memory: its entries as Avro bytes in a few growing chunks, so that a run costs
 * little more than what it recorded. An execution reads it once, from the beginning.
 */

import { entryBytes, readEntry } from '../../schemas/entry-bytes.ts'
import type { Entry } from '../../schemas/records.ts'

const smallestChunk = 256
const largestChunk = 64 * 1024

export class History {
  #chunks: { buffer: Buffer; used: number }[] = []
  #count = 0
  #bytes = 0

  get count(): number {
    return this.#count
  }

  get bytes(): number {
    return this.#bytes
  }

  append(entry: Entry): void {
    const bytes = entryBytes(entry)
    let chunk = this.#chunks.at(-1)
    if (chunk === undefined || chunk.used + bytes.length > chunk.buffer.length) {
      const next = Math.min(2 * (chunk?.buffer.length ?? 0), largestChunk)
      // Small ones share memory with those of other runs, until they are compacted.
      chunk = { buffer: Buffer.allocUnsafe(Math.max(smallestChunk, next, bytes.length)), used: 0 }
      this.#chunks.push(chunk)
    }
    bytes.copy(chunk.buffer, chunk.used)
    chunk.used += bytes.length
    this.#bytes += bytes.length
    this.#count += 1
  }

  /** Reads the entries that are there when it begins. */
  *entries(): Generator<Entry, void> {
    let left = this.#count
    for (const { buffer, used } of this.#chunks) {
      let position = 0
      while (position < used && left > 0) {
        const read = readEntry(buffer, position)
        position = read.position
        left -= 1
        yield read.entry
      }
    }
  }

  /** Moves what was recorded into one buffer of its own, of just that size. */
  compact(): void {
    const [first] = this.#chunks
    if (first === undefined) return
    if (this.#chunks.length === 1 && first.buffer.buffer.byteLength === first.used) return
    const buffer = Buffer.allocUnsafeSlow(this.#bytes)
    let used = 0
    for (const chunk of this.#chunks) used += chunk.buffer.copy(buffer, used, 0, chunk.used)
    this.#chunks = [{ buffer, used }]
  }

  toBytes(): Buffer {
    return Buffer.concat(this.#chunks.map(({ buffer, used }) => buffer.subarray(0, used)))
  }

  static fromBytes(bytes: Buffer, count: number): History {
    const history = new History()
    if (bytes.length > 0) {
      // A copy of its own: a view would keep alive whatever buffer the bytes arrived in.
      const buffer = Buffer.allocUnsafeSlow(bytes.length)
      bytes.copy(buffer)
      history.#chunks = [{ buffer, used: buffer.length }]
    }
    history.#count = count
    history.#bytes = bytes.length
    return history
  }
}
