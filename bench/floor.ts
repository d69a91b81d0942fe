/**
 * What the log costs without us: bare appends of records of the same size in the same batches, by a
 * loop over kafkajs's producer, and by one over our own adapter, which has less to do.
 */

import { setTimeout as delay } from 'node:timers/promises'
import type { Append, Log } from '../runtime/log/port.ts'
import { outsider } from '../test/kafka/outsider.ts'
import { median } from './statistics.ts'

const recordBytes = 300

/** Milliseconds of one append of one record, one after another or with pauses; the median. */
export async function appendMs(
  log: Log,
  topic: string,
  appends: number,
  pauseMs?: number,
): Promise<number> {
  const times: number[] = []
  for (let index = 0; index < appends; index += 1) {
    if (pauseMs !== undefined) await delay(pauseMs)
    const begin = performance.now()
    await log.append([{ topic, partition: 0, records: [record()] }])
    times.push(performance.now() - begin)
  }
  return median(times)
}

/** Records per second when `atOnce` records go into each request, spread over the partitions. */
export interface Floor {
  readonly kafkajs: number
  readonly log: number
}

export interface FloorOptions {
  readonly brokers: readonly string[]
  readonly log: Log
  readonly topic: string
  readonly partitions: number
  readonly milliseconds: number
}

export async function floor(options: FloorOptions, atOnce: number): Promise<Floor> {
  return { kafkajs: await kafkajsFloor(options, atOnce), log: await logFloor(options, atOnce) }
}

async function kafkajsFloor(options: FloorOptions, atOnce: number): Promise<number> {
  const { brokers, topic, partitions, milliseconds } = options
  const kafka = outsider(brokers, { clientId: 'stoa-bench-floor' })
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 })
  await producer.connect()
  const messages = Array.from({ length: atOnce }, (_, index) => ({
    ...record(),
    partition: index % partitions,
  }))
  try {
    return await repeat(milliseconds, atOnce, () => producer.send({ topic, messages }))
  } finally {
    await producer.disconnect()
  }
}

async function logFloor(options: FloorOptions, atOnce: number): Promise<number> {
  const { log, topic, partitions, milliseconds } = options
  const batch: Append[] = Array.from({ length: Math.min(partitions, atOnce) }, (_, partition) => ({
    topic,
    partition,
    records: Array.from({ length: Math.ceil((atOnce - partition) / partitions) }, record),
  }))
  return repeat(milliseconds, atOnce, () => log.append(batch))
}

/** Records per second of a loop that appends `atOnce` in each turn. */
async function repeat(milliseconds: number, atOnce: number, append: () => Promise<unknown>) {
  // The first turns connect and learn who leads.
  for (let turn = 0; turn < 20; turn += 1) await append()
  const begin = performance.now()
  let appended = 0
  while (performance.now() - begin < milliseconds) {
    await append()
    appended += atOnce
  }
  return (appended / (performance.now() - begin)) * 1_000
}

function record() {
  return { key: null, value: Buffer.alloc(recordBytes, 1) }
}
