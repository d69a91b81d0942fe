/**
 * Fetch, version 11, without a session: each request names its partitions and offsets, so that what
 * comes back depends on nothing but what was asked.
 */

import type { Call } from 'kafkajs/src/protocol/requests/index.js'
import type { LogRecord } from '../port.ts'
import { Body, FieldReader, int16, int32, string } from './bytes.ts'
import { decodeBatches, type DecodeOptions } from './record-batch.ts'

export interface FetchPosition {
  readonly partition: number
  readonly offset: bigint
}

export interface FetchOptions {
  readonly topic: string
  readonly positions: readonly FetchPosition[]
  /** How long the broker may wait for the first record. */
  readonly waitMs: number
  /** The most bytes of one partition, and of all; a single record may be larger. */
  readonly partitionBytes: number
  readonly totalBytes: number
  /** See `DecodeOptions`; default false. */
  readonly markers?: boolean
}

export interface Fetched {
  readonly partition: number
  readonly errorCode: number
  /** The offset the next record will get, as far as the replicas have it. */
  readonly high: bigint
  readonly records: readonly LogRecord[]
  /** The offset to fetch next. */
  readonly next: bigint
}

const apiKey = 1

export function fetchCall(options: FetchOptions): Call<readonly Fetched[]> {
  return {
    request: {
      apiKey,
      apiVersion: 11,
      apiName: 'Fetch',
      encode: async () => new Body(requestParts(options)),
    },
    response: {
      decode: async (raw) => decodeResponse(raw, options),
      parse: async (data) => data,
    },
  }
}

function requestParts({
  topic,
  positions,
  waitMs,
  partitionBytes,
  totalBytes,
}: FetchOptions): Buffer[] {
  const noReplica = -1
  const anyRecord = 1
  const parts = [
    int32(noReplica, waitMs, anyRecord, totalBytes),
    // Records count once the replicas have them; nobody here writes in transactions.
    Buffer.of(0),
    // No session, one topic.
    int32(0, -1, 1),
    string(topic),
    int32(positions.length),
  ]
  for (const { partition, offset } of positions) {
    const field = Buffer.allocUnsafe(28)
    field.writeInt32BE(partition, 0)
    field.writeInt32BE(-1, 4)
    field.writeBigInt64BE(offset, 8)
    field.writeBigInt64BE(-1n, 16)
    field.writeInt32BE(partitionBytes, 24)
    parts.push(field)
  }
  // Nothing to forget, no rack.
  parts.push(int32(0), int16(0))
  return parts
}

function decodeResponse(
  raw: Buffer,
  { topic, positions, markers = false }: FetchOptions,
): readonly Fetched[] {
  const asked = new Map(positions.map(({ partition, offset }) => [partition, offset]))
  const reader = new FieldReader(raw)
  // Throttle time, error and id of a session.
  reader.int32()
  const errorCode = reader.int16()
  reader.int32()
  if (errorCode !== 0) {
    return positions.map(({ partition, offset }) => ({
      partition,
      errorCode,
      high: -1n,
      records: [],
      next: offset,
    }))
  }
  const topics = reader.array((fields) => {
    fields.string()
    return fields.array((partition) => fetched(topic, asked, partition, { markers }))
  })
  return topics.flat()
}

function fetched(
  topic: string,
  asked: ReadonlyMap<number, bigint>,
  reader: FieldReader,
  options: DecodeOptions,
): Fetched {
  const partition = reader.int32()
  const errorCode = reader.int16()
  const high = reader.int64()
  // Last stable offset and start of the log; aborted transactions; a replica to prefer.
  reader.int64()
  reader.int64()
  reader.array((transaction) => [transaction.int64(), transaction.int64()])
  reader.int32()

  const from = asked.get(partition) ?? 0n
  const { records, next } = decodeBatches(topic, partition, reader.bytes(), options)
  return {
    partition,
    errorCode,
    high,
    // A batch comes whole, also when the offset asked for lies inside it.
    records: records.filter(({ offset }) => offset >= from),
    next: next > from ? next : from,
  }
}
