/** Reads a range of a partition: one fetch after another, the next under way while one is used. */

import type { LogRecord, ReadRange } from '../port.ts'
import type { Connections } from './connections.ts'
import { errorName } from './errors.ts'
import { fetchCall, type Fetched } from './fetch-call.ts'
import type { PartitionOffsets } from './offsets.ts'
import { persist } from './retry.ts'
import type { Topics } from './topics.ts'

export interface RangeParts {
  readonly connections: Connections
  readonly topics: Topics
  readonly offsets: PartitionOffsets
}

const persistMs = 15_000
/** More at once would hold up the event loop while it is decoded. */
const mostBytes = 1 << 20
/** A short range is not worth a long answer: its records are guessed to have this size, as commits. */
const guessedRecordBytes = 1 << 16

/** @throws LogError TOPIC_UNKNOWN, LOG_UNAVAILABLE */
export async function* readRange(
  parts: RangeParts,
  range: ReadRange,
): AsyncGenerator<readonly LogRecord[]> {
  const { topic, to } = range
  // The topic has to exist even if there is nothing to read of it.
  await parts.topics.count(topic)

  let fetch = startFetch(parts, range, range.from)
  while (fetch !== undefined) {
    const { records, next, high } = await fetch
    fetch = next < high ? startFetch(parts, range, next) : undefined
    const inRange = records.filter(({ offset }) => offset < to)
    if (inRange.length > 0) yield inRange
  }
}

/** Undefined at the end of the range. */
function startFetch(
  parts: RangeParts,
  range: ReadRange,
  from: bigint,
): Promise<Fetched> | undefined {
  if (from >= range.to) return undefined
  const fetch = fetchFrom(parts, range, from)
  // The reader may turn away before it asks for this one.
  fetch.catch(() => undefined)
  return fetch
}

function fetchFrom(parts: RangeParts, range: ReadRange, from: bigint): Promise<Fetched> {
  const { connections, topics } = parts
  const { topic, partition } = range
  const bytes = Math.min(Number(range.to - from) * guessedRecordBytes, mostBytes)
  let offset = from
  const persistence = {
    what: `read partition ${partition} of ${topic}`,
    forMs: persistMs,
    onRetry: () => topics.forget(topic),
    isStopped: () => connections.isClosed,
  }
  return persist(persistence, async () => {
    const leader = await topics.leader(topic, partition)
    const call = fetchCall({
      topic,
      positions: [{ partition, offset }],
      // What is below the end is there: nothing to wait for.
      waitMs: 0,
      partitionBytes: bytes,
      totalBytes: bytes,
      markers: range.markers ?? false,
    })
    const [fetched] = await connections.sendTo(leader, 'general', call)
    if (fetched === undefined) throw new Error('a partition was not answered')

    const error = errorName(fetched.errorCode)
    if (error === undefined) {
      // A new leader may not know yet how far its replicas are; asked for its end, it says so.
      const isShort = fetched.next >= fetched.high && fetched.next < range.to
      const high = isShort ? await parts.offsets.high(topic, partition) : fetched.high
      const isStuck = fetched.next === offset && high > offset
      if (isStuck) throw new Error(`nothing came from offset ${offset}`)
      return { ...fetched, high }
    }
    if (error !== 'OFFSET_OUT_OF_RANGE') throw new Error(error)
    const { low, high } = await parts.offsets.of(topic, partition)
    if (offset >= low) return { ...fetched, next: high, high }
    offset = low
    throw new Error(`the partition has been trimmed to ${low}`)
  })
}
