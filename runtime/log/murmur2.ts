/**
 * Kafka's default placement of keyed records: murmur2 of the key's bytes, as every Kafka client has
 * it (`org.apache.kafka.common.utils.Utils.murmur2`), so that all of them agree on the partition.
 */

const seed = 0x9747b28c
const m = 0x5bd1e995

/** The partition of a key, which is hashed in UTF-8. */
export function partitionFor(key: string, partitions: number): number {
  return (murmur2(Buffer.from(key)) & 0x7fffffff) % partitions
}

/** The 32-bit hash, signed. */
export function murmur2(bytes: Uint8Array): number {
  const { length } = bytes
  const view = new DataView(bytes.buffer, bytes.byteOffset, length)
  let h = seed ^ length

  const whole = length - (length % 4)
  for (let i = 0; i < whole; i += 4) {
    let k = Math.imul(view.getInt32(i, true), m)
    k = Math.imul(k ^ (k >>> 24), m)
    h = Math.imul(h, m) ^ k
  }

  if (whole < length) {
    for (let i = length - 1; i >= whole; i -= 1) h ^= view.getUint8(i) << (8 * (i - whole))
    h = Math.imul(h, m)
  }

  h = Math.imul(h ^ (h >>> 13), m)
  return h ^ (h >>> 15)
}
