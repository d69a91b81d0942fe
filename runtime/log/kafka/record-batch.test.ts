import fc from 'fast-check'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import type { NewRecord } from '../port.ts'
import { batchBytes } from '../size.ts'
import { crc32c } from './crc32c.ts'
import { decodeBatches, encodeBatch } from './record-batch.ts'
import { VarintReader, varintSize, writeVarint } from './varint.ts'

const producer = { id: 4_000_000_000_000n, epoch: 3, sequence: 70 }
const now = 1_700_000_000_123

const records = fc.array(
  fc.record<NewRecord>({
    key: fc.option(fc.string({ unit: 'grapheme' })),
    value: fc.uint8Array({ maxLength: 300 }),
    headers: fc.dictionary(
      fc.string({ unit: 'grapheme', minLength: 1 }).filter((name) => name !== '__proto__'),
      fc.string({ unit: 'grapheme' }),
    ),
  }),
  { minLength: 1, maxLength: 80 },
)

test('what is encoded is decoded, at the offsets that the broker gives the batch', () => {
  fc.assert(
    fc.property(records, fc.bigInt({ min: 0n, max: 2n ** 60n }), (written, base) => {
      const batch = encodeBatch(written, producer, now)
      batch.writeBigInt64BE(base)
      const decoded = decodeBatches('t', 5, Buffer.concat([batch, batch.subarray(0, -1)]))
      expect(decoded.next).toBe(base + BigInt(written.length))
      expect(decoded.records).toEqual(
        written.map(({ key, value, headers }, index) => ({
          topic: 't',
          partition: 5,
          offset: base + BigInt(index),
          key: key === null ? null : Buffer.from(key),
          value: Buffer.from(value),
          headers: { ...headers },
          timestamp: now,
        })),
      )
    }),
  )
})

test('the size that is checked against the limit is never below the real one, nor far above it', () => {
  fc.assert(
    fc.property(records, (written) => {
      const real = encodeBatch(written, producer, now).length
      const checked = batchBytes({ topic: 't', partition: 0, records: written })
      const headers = written.flatMap(({ headers }) => Object.keys(headers ?? {})).length
      expect(checked).toBeGreaterThanOrEqual(real)
      expect(checked - real).toBeLessThanOrEqual(25 * written.length + 6 * headers)
    }),
  )
})

test('a batch of control records is passed over, and its offsets with it', () => {
  const batch = encodeBatch([{ key: null, value: Buffer.alloc(4) }], producer, now)
  batch.writeInt16BE(0x30, 21)
  batch.writeBigInt64BE(9n)
  expect(decodeBatches('t', 0, batch)).toEqual({ records: [], next: 10n })
  expect(decodeBatches('t', 0, batch, { markers: true })).toMatchObject({
    ...{ records: [{ offset: 9n, key: null, value: null }], next: 10n },
  })
})

test('a batch that another client has compressed is read; what cannot be read has no value', () => {
  const plain = encodeBatch([{ key: 'k', value: Buffer.from('v') }], producer, now)
  const packed = gzipSync(plain.subarray(61))
  const batch = Buffer.concat([plain.subarray(0, 61), packed])
  batch.writeInt32BE(batch.length - 12, 8)
  batch.writeInt16BE(1, 21)
  expect(decodeBatches('t', 0, batch).records).toMatchObject([{ value: Buffer.from('v') }])
  batch.writeInt16BE(2, 21)
  expect(decodeBatches('t', 0, batch).records).toMatchObject([{ offset: 0n, value: null }])
  batch.writeInt16BE(1, 21)
  batch.fill(7, 70)
  expect(decodeBatches('t', 0, batch).records).toMatchObject([{ offset: 0n, value: null }])
})

test('the checksum is CRC-32C', () => {
  const check = Buffer.from('xx123456789')
  expect(crc32c(check, 2, check.length)).toBe(0xe3069283)
  expect(crc32c(check, 2, 2)).toBe(0)
})

test('a variable-length integer takes the bytes it says, and comes back', () => {
  fc.assert(
    fc.property(fc.integer(), (value) => {
      const buffer = Buffer.alloc(8)
      const end = writeVarint(buffer, 1, value)
      expect(end).toBe(1 + varintSize(value))
      expect(new VarintReader(buffer, 1).int()).toBe(value)
      expect(new VarintReader(buffer, 1).long()).toBe(value)
    }),
  )
})
