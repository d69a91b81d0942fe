/** What the log costs without us: bare appends of records of the same size in the same batches. */

import type { Append, Log } from '../runtime/log/port.ts'
import { median } from './statistics.ts'

const recordBytes = 300

/** Milliseconds of one append of one record, the median. */
export async function appendMs(log: Log, topic: string, appends: number): Promise<number> {
  const times: number[] = []
  for (let index = 0; index < appends; index += 1) {
    const begin = performance.now()
    await log.append([{ topic, partition: 0, records: [record()] }])
    times.push(performance.now() - begin)
  }
  return median(times)
}

/** Records per second when `atOnce` records go into each request, spread over the partitions. */
export async function floor(
  log: Log,
  topic: string,
  partitions: number,
  atOnce: number,
  milliseconds: number,
): Promise<number> {
  const batch: Append[] = Array.from({ length: Math.min(partitions, atOnce) }, (_, partition) => ({
    topic,
    partition,
    records: Array.from({ length: Math.ceil((atOnce - partition) / partitions) }, record),
  }))
  const begin = performance.now()
  let appended = 0
  while (performance.now() - begin < milliseconds) {
    await log.append(batch)
    appended += atOnce
  }
  return (appended / (performance.now() - begin)) * 1_000
}

function record() {
  return { key: null, value: Buffer.alloc(recordBytes, 1) }
}
