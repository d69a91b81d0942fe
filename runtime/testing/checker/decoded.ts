/** The evidence by topic and partition, decoded. */

import { decodeCommit } from '../../durable/journal-reader.ts'
import type { LogRecord } from '../../log/port.ts'
import { decodeOurs, type Codec, type RecordCodec } from '../../../schemas/codec.ts'
import type { Commit, DeadLetter, Message, Result } from '../../../schemas/records.ts'
import { deadLettersTopic, definitionTopics } from '../../../schemas/topics.ts'

export interface Place {
  readonly topic: string
  readonly partition: number
  readonly offset: bigint
  /** The record's timestamp. */
  readonly time: number
}

export interface JournalRecord extends Place {
  readonly commit: Commit
  /** The incarnation that wrote it; null when the record does not say. */
  readonly writer: string | null
  /** The same in a late copy of the record; null when the record does not say. */
  readonly id: string | null
  readonly bytes: number
}

export interface InboxRecord extends Place {
  /** Null when it cannot be read. */
  readonly message: Message | null
  readonly isClients: boolean
}

export interface ResultRecord extends Place {
  readonly result: Result
  readonly value: Uint8Array
}

/** Tells who asked for the result of a run that there is no such run. */
export interface RefusalRecord extends ResultRecord {
  /** The first of them, and its copies. */
  readonly questions: readonly [InboxRecord, ...InboxRecord[]]
}

export interface PublishedRecord extends Place {
  readonly id: string
  readonly key: string | null
  readonly value: Uint8Array
}

export interface LetterRecord extends Place {
  readonly id: string
  readonly letter: DeadLetter
}

export interface DecodedDefinition {
  readonly name: string
  /** By partition. */
  readonly journal: readonly (readonly JournalRecord[])[]
  readonly inbox: readonly (readonly InboxRecord[])[]
  readonly results: readonly ResultRecord[]
  readonly refusals: readonly RefusalRecord[]
}

export interface Decoded {
  readonly definitions: readonly DecodedDefinition[]
  readonly letters: readonly LetterRecord[]
  readonly published: readonly PublishedRecord[]
}

export async function decodeEvidence(
  codec: Codec,
  definitions: readonly string[],
  records: readonly LogRecord[],
): Promise<Decoded> {
  const byTopic = Map.groupBy(records, ({ topic }) => topic)
  const of = (topic: string) => byTopic.get(topic) ?? []
  const known = new Set<string>([deadLettersTopic])
  const decoded = definitions.map(async (name): Promise<DecodedDefinition> => {
    const topics = definitionTopics(name)
    for (const topic of [topics.inbox, topics.journal, topics.results]) known.add(topic)
    const messages = await all(of(topics.inbox), (record) => inbox(codec, record))
    const results = await all(of(topics.results), async (record) => {
      const value = record.value ?? new Uint8Array()
      return ours(codec.result, record, (result) => ({ ...placeOf(record), value, result }))
    })
    return {
      name,
      journal: byPartition(await all(of(topics.journal), (record) => journal(codec, record))),
      inbox: byPartition(messages),
      ...withoutRefusals(results.flat(), messages),
    }
  })
  return {
    definitions: await Promise.all(decoded),
    letters: (
      await all(of(deadLettersTopic), (record) => {
        const id = Buffer.from(record.key ?? []).toString()
        return ours(codec.deadLetter, record, (letter) => ({ ...placeOf(record), id, letter }))
      })
    ).flat(),
    published: records.flatMap((record) => (known.has(record.topic) ? [] : published(record))),
  }
}

async function journal(codec: Codec, record: LogRecord): Promise<JournalRecord> {
  const commit = await decodeCommit(codec, record.value)
  const id = record.headers.ce_id ?? null
  const writer = commit.fence?.incarnation ?? id?.split('/')[2] ?? null
  return { ...placeOf(record), commit, writer, id, bytes: record.value?.byteLength ?? 0 }
}

async function inbox(codec: Codec, record: LogRecord): Promise<InboxRecord> {
  const isClients = record.headers.ce_source === 'client'
  try {
    const message = await codec.message.decode(record.value ?? new Uint8Array())
    return { ...placeOf(record), message, isClients }
  } catch {
    return { ...placeOf(record), message: null, isClients }
  }
}

/** Nothing of a record that somebody else wrote. */
async function ours<T, R>(
  codec: RecordCodec<T>,
  { value }: LogRecord,
  make: (decoded: T) => R,
): Promise<readonly R[]> {
  const decoded = await decodeOurs(codec, value)
  return decoded === undefined ? [] : [make(decoded)]
}

function withoutRefusals(
  all: readonly ResultRecord[],
  messages: readonly InboxRecord[],
): Pick<DecodedDefinition, 'results' | 'refusals'> {
  const questions = Map.groupBy(messages, ({ message }) =>
    message?.body.type === 'Attach' ? `${message.id}/answer` : null,
  )
  const results: ResultRecord[] = []
  const refusals: RefusalRecord[] = []
  for (const record of all) {
    const [first, ...copies] = questions.get(record.result.runId) ?? []
    if (first === undefined) results.push(record)
    else refusals.push({ ...record, questions: [first, ...copies] })
  }
  return { results, refusals }
}

function published(record: LogRecord): readonly PublishedRecord[] {
  const id = record.headers.ce_id
  if (record.headers.ce_type !== 'stoa.Published' || id === undefined) return []
  const key = record.key === null ? null : Buffer.from(record.key).toString()
  return [{ ...placeOf(record), id, key, value: record.value ?? new Uint8Array() }]
}

function placeOf({ topic, partition, offset, timestamp }: LogRecord): Place {
  return { topic, partition, offset, time: timestamp }
}

function all<T>(records: readonly LogRecord[], decode: (record: LogRecord) => Promise<T>) {
  return Promise.all(records.map(decode))
}

function byPartition<T extends Place>(records: readonly T[]): readonly (readonly T[])[] {
  const partitions: T[][] = []
  for (const record of records) {
    while (partitions.length <= record.partition) partitions.push([])
    partitions[record.partition]?.push(record)
  }
  for (const placed of partitions) placed.sort((a, b) => (a.offset < b.offset ? -1 : 1))
  return partitions
}

/** `topic[partition]@offset`, as every message names a place. */
export function at({ topic, partition, offset }: Omit<Place, 'time'>): string {
  return `${topic}[${String(partition)}]@${String(offset)}`
}
