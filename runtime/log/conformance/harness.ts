/** What a conformance test needs of an adapter, and the few helpers that all of them share. */

import type { Log, LogRecord, NewRecord } from '../port.ts'

export interface LogHarness {
  /** A connection of its own, as another process would have. */
  connect(): Log
  /** Creates a topic of a fresh name. */
  createTopic(partitions: number, config?: Readonly<Record<string, string>>): Promise<string>
  /** Waits, in the adapter's own time, until something is so; fails after a while. */
  until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void>
  /** Lets time pass in which everything under way arrives. */
  settle(): Promise<void>
  /** Ends a connection as kill -9 ends its process. */
  crash(log: Log): void
  /** Nothing passes to or from a connection, and its sessions run out, until the function is called. */
  silence(log: Log): () => void
  /** Appends of this connection are written, and no answer arrives, until the function is called. */
  loseAnswers(log: Log): () => void
  /** Appends a record and an offset that has none. */
  appendWithHole(topic: string, partition: number, value: string): Promise<void>
  /** Consumer groups that exist in the cluster. */
  groups(): Promise<readonly string[]>
  /** The session time-out to own with. */
  readonly sessionTimeoutMs: number
  close(): Promise<void>
}

export type Harness = () => LogHarness

export function record(value: string, key: string | null = null): NewRecord {
  return { key, value: Buffer.from(value) }
}

export function text({ value }: LogRecord): string {
  return value === null ? '' : Buffer.from(value).toString()
}

/** Appends values to a partition, one request; returns the base offset. */
export async function append(
  log: Log,
  topic: string,
  partition: number,
  ...values: readonly string[]
): Promise<bigint> {
  const records = values.map((value) => record(value))
  const [base] = await log.append([{ topic, partition, records }])
  if (base === undefined) throw new Error('an append has no offset')
  return base
}

/** Reads a range whole. */
export async function read(
  log: Log,
  topic: string,
  partition: number,
  from: bigint,
  to: bigint,
): Promise<LogRecord[]> {
  const records: LogRecord[] = []
  for await (const batch of log.read({ topic, partition, from, to })) records.push(...batch)
  return records
}

export function numbered(count: number, prefix = ''): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}${index}`)
}
