/** CRC-32C (Castagnoli), the checksum of record batches; eight bytes a turn, as Intel's slicing-by-8. */

const polynomial = 0x82f63b78
const slices = 8

let made: Uint32Array | undefined

/** The checksum of a range of bytes, unsigned. */
export function crc32c(bytes: Uint8Array, start: number, end: number): number {
  const table = (made ??= makeTable())
  let crc = ~0
  let at = start
  const whole = end - ((end - start) % slices)
  while (at < whole) {
    const low =
      crc ^
      ((bytes[at] ?? 0) |
        ((bytes[at + 1] ?? 0) << 8) |
        ((bytes[at + 2] ?? 0) << 16) |
        ((bytes[at + 3] ?? 0) << 24))
    crc =
      (table[1792 + (low & 0xff)] ?? 0) ^
      (table[1536 + ((low >>> 8) & 0xff)] ?? 0) ^
      (table[1280 + ((low >>> 16) & 0xff)] ?? 0) ^
      (table[1024 + (low >>> 24)] ?? 0) ^
      (table[768 + (bytes[at + 4] ?? 0)] ?? 0) ^
      (table[512 + (bytes[at + 5] ?? 0)] ?? 0) ^
      (table[256 + (bytes[at + 6] ?? 0)] ?? 0) ^
      (table[bytes[at + 7] ?? 0] ?? 0)
    at += slices
  }
  for (; at < end; at += 1) {
    crc = (table[(crc ^ (bytes[at] ?? 0)) & 0xff] ?? 0) ^ (crc >>> 8)
  }
  return ~crc >>> 0
}

/** Entry `256 * n + byte` is what a byte contributes when n more follow it. */
function makeTable(): Uint32Array {
  const table = new Uint32Array(256 * slices)
  for (let byte = 0; byte < 256; byte += 1) {
    let crc = byte
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ ((crc & 1) * polynomial)
    table[byte] = crc
  }
  for (let index = 256; index < table.length; index += 1) {
    const before = table[index - 256] ?? 0
    table[index] = (table[before & 0xff] ?? 0) ^ (before >>> 8)
  }
  return table
}
