/**
 * Record batches (magic 2) as producers write and brokers keep them.
 *
 * Offset, length, leader epoch and magic; a checksum (CRC-32C) of all that follows: attributes, last
 * offset delta, first and greatest timestamp, producer id, epoch and sequence, record count, records.
 */

import { gunzipSync, zstdDecompressSync } from 'node:zlib'
import type { Headers, LogRecord, NewRecord } from '../port.ts'
import { crc32c } from './crc32c.ts'
import { VarintReader, varintSize, writeVarint } from './varint.ts'

/** Who writes, and where in its sequence the first record stands. */
export interface ProducerState {
  readonly id: bigint
  readonly epoch: number
  readonly sequence: number
}

export interface DecodedBatches {
  readonly records: LogRecord[]
  /** The offset after the last batch, whether or not records are left of it; -1n without a batch. */
  readonly next: bigint
}

const overhead = 61
const crcPosition = 17
const compressionMask = 0x07
const controlMask = 0x20
const appendTimeMask = 0x08
const noHeaders: Headers = {}

/** One uncompressed batch; all records have the same timestamp. */
export function encodeBatch(
  records: readonly NewRecord[],
  producer: ProducerState,
  timestamp: number,
): Buffer {
  const sizes = records.map(recordSize)
  const total = sizes.reduce((sum, size) => sum + varintSize(size) + size, overhead)
  const buffer = Buffer.allocUnsafe(total)

  buffer.writeBigInt64BE(0n, 0)
  buffer.writeInt32BE(total - 12, 8)
  buffer.writeInt32BE(-1, 12)
  buffer.writeInt8(2, 16)
  buffer.writeInt16BE(0, 21)
  buffer.writeInt32BE(records.length - 1, 23)
  buffer.writeBigInt64BE(BigInt(timestamp), 27)
  buffer.writeBigInt64BE(BigInt(timestamp), 35)
  buffer.writeBigInt64BE(producer.id, 43)
  buffer.writeInt16BE(producer.epoch, 51)
  buffer.writeInt32BE(producer.sequence, 53)
  buffer.writeInt32BE(records.length, 57)

  let position = overhead
  records.forEach((record, index) => {
    position = writeVarint(buffer, position, sizes[index] ?? 0)
    position = writeRecord(buffer, position, record, index)
  })
  buffer.writeUInt32BE(crc32c(buffer, crcPosition + 4, total), crcPosition)
  return buffer
}

export interface DecodeOptions {
  /** Offsets of what the log writes for itself come as records without a value. */
  readonly markers: boolean
}

/**
 * Reads all whole batches; a broker may cut the last one short. Values are views of the bytes. What
 * is compressed in a way that cannot be read comes as records without a value.
 */
export function decodeBatches(
  topic: string,
  partition: number,
  bytes: Buffer,
  { markers }: DecodeOptions = { markers: false },
): DecodedBatches {
  const records: LogRecord[] = []
  let next = -1n
  let position = 0
  while (position + overhead <= bytes.length) {
    const end = position + 12 + bytes.readInt32BE(position + 8)
    if (end > bytes.length) break
    const baseOffset = bytes.readBigInt64BE(position)
    const attributes = bytes.readInt16BE(position + 21)
    next = baseOffset + BigInt(bytes.readInt32BE(position + 23)) + 1n
    const batch = bytes.subarray(position, end)
    const place = { topic, partition, baseOffset }
    if ((attributes & controlMask) !== 0) {
      if (markers) withoutValues(batch, place, next, records)
    } else {
      const content = decompress(batch.subarray(overhead), attributes)
      if (content === undefined) withoutValues(batch, place, next, records)
      else decodeRecords(batch, content, place, records)
    }
    position = end
  }
  return { records, next }
}

function withoutValues(
  batch: Buffer,
  { topic, partition, baseOffset }: BatchPlace,
  next: bigint,
  records: LogRecord[],
): void {
  const timestamp = Number(batch.readBigInt64BE(27))
  for (let offset = baseOffset; offset < next; offset += 1n) {
    const place = { topic, partition, offset, timestamp }
    records.push({ ...place, key: null, value: null, headers: noHeaders })
  }
}

interface BatchPlace {
  readonly topic: string
  readonly partition: number
  readonly baseOffset: bigint
}

function decodeRecords(
  batch: Buffer,
  content: Buffer,
  { topic, partition, baseOffset }: BatchPlace,
  records: LogRecord[],
): void {
  const attributes = batch.readInt16BE(21)
  const appendTime = (attributes & appendTimeMask) !== 0
  const firstTimestamp = Number(batch.readBigInt64BE(appendTime ? 35 : 27))
  const count = batch.readInt32BE(57)
  const reader = new VarintReader(content, 0)

  for (let i = 0; i < count; i += 1) {
    const length = reader.int()
    const end = reader.position + length
    reader.position += 1
    const timestampDelta = reader.long()
    const offset = baseOffset + BigInt(reader.int())
    const key = reader.bytes()
    const value = reader.bytes()
    const headers = decodeHeaders(reader)
    const timestamp = appendTime ? firstTimestamp : firstTimestamp + timestampDelta
    records.push({ topic, partition, offset, key, value, headers, timestamp })
    reader.position = end
  }
}

function decodeHeaders(reader: VarintReader): Headers {
  const count = reader.int()
  if (count <= 0) return noHeaders
  const headers: Record<string, string> = {}
  for (let i = 0; i < count; i += 1) {
    const name = reader.string()
    headers[name] = reader.string()
  }
  return headers
}

/** We write no compressed batch, but others may; undefined when it cannot be read. */
function decompress(content: Buffer, attributes: number): Buffer | undefined {
  try {
    switch (attributes & compressionMask) {
      case 0:
        return content
      case 1:
        return gunzipSync(content)
      case 4:
        return zstdDecompressSync(content)
      default:
        return undefined
    }
  } catch {
    return undefined
  }
}

function recordSize({ key, value, headers }: NewRecord, index: number): number {
  let size = 2 + varintSize(index)
  if (key === null) size += 1
  else size += sizedLength(Buffer.byteLength(key))
  size += sizedLength(value.length)
  if (headers === undefined) return size + 1

  let count = 0
  for (const name in headers) {
    count += 1
    size += sizedLength(Buffer.byteLength(name))
    size += sizedLength(Buffer.byteLength(headers[name] ?? ''))
  }
  return size + varintSize(count)
}

function sizedLength(length: number): number {
  return varintSize(length) + length
}

function writeRecord(
  buffer: Buffer,
  position: number,
  { key, value, headers }: NewRecord,
  index: number,
): number {
  let at = position
  // Attributes, of which there are none, and a timestamp no later than the batch's.
  buffer[at] = 0
  buffer[at + 1] = 0
  at = writeVarint(buffer, at + 2, index)
  at = key === null ? writeVarint(buffer, at, -1) : writeString(buffer, at, key)
  at = writeVarint(buffer, at, value.length)
  buffer.set(value, at)
  at += value.length
  if (headers === undefined) return writeVarint(buffer, at, 0)

  const names = Object.keys(headers)
  at = writeVarint(buffer, at, names.length)
  for (const name of names) {
    at = writeString(buffer, at, name)
    at = writeString(buffer, at, headers[name] ?? '')
  }
  return at
}

function writeString(buffer: Buffer, position: number, text: string): number {
  const at = writeVarint(buffer, position, Buffer.byteLength(text))
  return at + buffer.write(text, at)
}
