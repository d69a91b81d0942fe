/** Kafka's variable-length integers: zigzag, seven bits a byte, the lowest first. */

/** Bytes that a number between -2^31 and 2^31 - 1 takes. */
export function varintSize(value: number): number {
  const zigzag = ((value << 1) ^ (value >> 31)) >>> 0
  return zigzag < 0x80
    ? 1
    : zigzag < 0x4000
      ? 2
      : zigzag < 0x200000
        ? 3
        : zigzag < 0x10000000
          ? 4
          : 5
}

/** Returns the position after the number. */
export function writeVarint(buffer: Buffer, position: number, value: number): number {
  let zigzag = ((value << 1) ^ (value >> 31)) >>> 0
  let at = position
  while (zigzag >= 0x80) {
    buffer[at] = (zigzag & 0x7f) | 0x80
    zigzag >>>= 7
    at += 1
  }
  buffer[at] = zigzag
  return at + 1
}

/** A place in a buffer that moves as numbers are read. */
export class VarintReader {
  readonly buffer: Buffer
  position: number

  constructor(buffer: Buffer, position: number) {
    this.buffer = buffer
    this.position = position
  }

  /** A number between -2^31 and 2^31 - 1. */
  int(): number {
    const { buffer } = this
    let zigzag = 0
    for (let shift = 0; ; shift += 7) {
      const byte = buffer[this.position] ?? 0
      this.position += 1
      zigzag |= (byte & 0x7f) << shift
      if (byte < 0x80) return (zigzag >>> 1) ^ -(zigzag & 1)
    }
  }

  /** A number of up to 64 bits, exact up to 2^53. */
  long(): number {
    const { buffer } = this
    let zigzag = 0
    for (let factor = 1; ; factor *= 128) {
      const byte = buffer[this.position] ?? 0
      this.position += 1
      zigzag += (byte & 0x7f) * factor
      if (byte < 0x80) return zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2
    }
  }

  /** The next bytes, as a view; null for a length below zero. */
  bytes(): Buffer | null {
    const length = this.int()
    if (length < 0) return null
    const start = this.position
    this.position += length
    return this.buffer.subarray(start, this.position)
  }

  string(): string {
    const length = this.int()
    const start = this.position
    this.position += Math.max(length, 0)
    return this.buffer.toString('utf8', start, this.position)
  }
}
