/**
 * Reads the few types of Avro that a fold needs, and steps over the rest, which avsc cannot. What
 * would pass the end of the bytes is a RangeError.
 */

export class AvroCursor {
  readonly buffer: Buffer
  position: number
  readonly #isShared: boolean

  /** @param isShared whether `bytes` may share memory with the buffer, which is kept anyway */
  constructor(buffer: Buffer, position: number, isShared = false) {
    this.buffer = buffer
    this.position = position
    this.#isShared = isShared
  }

  get isAtEnd(): boolean {
    return this.position === this.buffer.length
  }

  /** An `int`, a `long`, a union's branch or an enum's symbol. */
  long(): number {
    let byte = this.#byte()
    let bits = byte & 0x7f
    for (let shift = 7; byte > 0x7f && shift < 28; shift += 7) {
      byte = this.#byte()
      bits |= (byte & 0x7f) << shift
    }
    if (byte <= 0x7f) return (bits >> 1) ^ -(bits & 1)
    // More than 28 bits: not by operators, whose numbers have 32.
    let number = bits
    for (let factor = 2 ** 28; byte > 0x7f; factor *= 128) {
      byte = this.#byte()
      number += (byte & 0x7f) * factor
    }
    const long = (number % 2 === 0 ? number : -(number + 1)) / 2
    if (!Number.isSafeInteger(long)) throw new RangeError(`${String(long)} is not exact`)
    return long
  }

  string(): string {
    const start = this.#skip()
    return this.buffer.toString('utf8', start, this.position)
  }

  /** A copy, so that keeping it keeps nothing else, unless the cursor was made otherwise. */
  bytes(): Buffer {
    if (this.#isShared) return this.view()
    const start = this.#skip()
    const copy = Buffer.allocUnsafe(this.position - start)
    this.buffer.copy(copy, 0, start, this.position)
    return copy
  }

  /** `bytes` that share memory with all the others. */
  view(): Buffer {
    const start = this.#skip()
    return this.buffer.subarray(start, this.position)
  }

  /** Steps over a string or `bytes`. */
  skip(): void {
    this.#skip()
  }

  boolean(): boolean {
    return this.#byte() !== 0
  }

  /** Whether a union of null and another is not null. */
  isPresent(): boolean {
    const branch = this.long()
    if (branch !== 0 && branch !== 1) throw new RangeError(`a union has no ${String(branch)}`)
    return branch === 1
  }

  /** How many items an array has next; 0 at its end. */
  items(): number {
    const count = this.long()
    if (count >= 0) return count
    // The size of the block, for those who step over it.
    this.long()
    return -count
  }

  #byte(): number {
    const byte = this.buffer[this.position]
    if (byte === undefined) throw this.#ended()
    this.position += 1
    return byte
  }

  /** Steps over a length and as many bytes; returns where those begin. */
  #skip(): number {
    const length = this.long()
    const start = this.position
    if (length < 0 || start + length > this.buffer.length) throw this.#ended()
    this.position = start + length
    return start
  }

  #ended(): RangeError {
    return new RangeError(`the bytes end at ${String(this.buffer.length)}, and should not`)
  }
}
