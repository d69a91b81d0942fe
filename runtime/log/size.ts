/**
 * The size of what is appended, as a broker counts it against a topic's `max.message.bytes`: the
 * records that one request brings to one partition are one batch, and the limit is the batch's.
 */

import { LogError } from '../errors.ts'
import type { Append, Headers } from './port.ts'

/** The broker's default for `max.message.bytes`. */
export const defaultMaxBatchBytes = 1_048_588

const batchOverhead = 61
/** Attributes, and the varints of length, time, offset, key, value and header count. */
const recordOverhead = 26
const headerOverhead = 6

/** An upper bound of the bytes of a batch. */
export function batchBytes({ records }: Append): number {
  let bytes = batchOverhead
  for (const { key, value, headers } of records) {
    bytes += recordOverhead + value.length
    if (key !== null) bytes += Buffer.byteLength(key)
    if (headers !== undefined) bytes += headerBytes(headers)
  }
  return bytes
}

/** @throws LogError RECORD_TOO_LARGE when the batch cannot be appended under this limit */
export function assertFits(append: Append, limit: number): void {
  const bytes = batchBytes(append)
  if (bytes <= limit) return
  throw new LogError(
    `${bytes} bytes for partition ${append.partition} of ${append.topic} are more than the ${limit} that one append may bring: write less, or raise the topic's max.message.bytes`,
    { code: 'RECORD_TOO_LARGE', details: { topic: append.topic, bytes, limit } },
  )
}

function headerBytes(headers: Headers): number {
  let bytes = 0
  for (const name in headers) {
    bytes += headerOverhead + Buffer.byteLength(name) + Buffer.byteLength(headers[name] ?? '')
  }
  return bytes
}
