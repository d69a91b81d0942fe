/**
 * Randomness that is the same in every replay of a run: a generator seeded by the run's identity.
 * The generator is sfc32 by Chris Doty-Humphrey, from PractRand.
 */

import { createHash } from 'node:crypto'
import type { Randomness } from '../clock.ts'

export function seededRandomness(seed: string): Randomness {
  let isSeeded = false
  let a = 0
  let b = 0
  let c = 0
  let counter = 0

  const seedOnce = () => {
    const digest = createHash('sha256').update(seed).digest()
    a = digest.readInt32LE(0)
    b = digest.readInt32LE(4)
    c = digest.readInt32LE(8)
    counter = digest.readInt32LE(12)
    isSeeded = true
  }

  const next = (): number => {
    // Most runs never ask.
    if (!isSeeded) seedOnce()
    const sum = (a + b + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + sum
    c |= 0
    return sum >>> 0
  }

  return {
    number: () => next() / 2 ** 32,
    uuid: () => {
      const bytes = Buffer.alloc(16)
      for (let word = 0; word < 4; word += 1) bytes.writeUInt32LE(next(), word * 4)
      bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x40, 6)
      bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8)
      const hex = bytes.toString('hex')
      return [
        hex.slice(0, 8),
        hex.slice(8, 12),
        hex.slice(12, 16),
        hex.slice(16, 20),
        hex.slice(20),
      ].join('-')
    },
  }
}
