/** The topics of a Kafka as the checker takes them: every record there is, up to a captured end. */

import type { Log, LogRecord } from '../../runtime/log/port.ts'
import type { Evidence } from '../../runtime/testing/checker/evidence.ts'
import { deadLettersTopic, definitionTopics } from '../../schemas/index.ts'

export interface ReadTopicsOptions {
  readonly definitions: readonly string[]
  /** Topics that the definitions publish to. */
  readonly published?: readonly string[]
}

type TopicsEvidence = Pick<Evidence, 'definitions' | 'records' | 'lows'>

interface Range {
  readonly topic: string
  readonly partition: number
  readonly low: bigint
  readonly high: bigint
}

/**
 * Reads the topics from their low to the end they have now. Every end is captured before anything is
 * read, those of the inboxes and results last: what a journal owes is then in what is read.
 */
export async function readTopics(
  log: Log,
  { definitions, published = [] }: ReadTopicsOptions,
): Promise<TopicsEvidence> {
  const topics = definitions.map(definitionTopics)
  const journals = await ends(
    log,
    topics.map(({ journal }) => journal),
  )
  const others = await ends(log, [
    ...topics.flatMap(({ inbox, results }) => [inbox, results]),
    ...published,
    deadLettersTopic,
  ])
  const ranges = [...journals, ...others]
  // Of a journal every offset counts.
  const records = await Promise.all([
    ...journals.map((range) => recordsOf(log, range, true)),
    ...others.map((range) => recordsOf(log, range, false)),
  ])
  return {
    definitions,
    records: records.flat(),
    lows: new Map(
      ranges.map(({ topic, partition, low }) => [`${topic}/${String(partition)}`, low]),
    ),
  }
}

/** Resolves once no record has been added to the topics for a while. */
export async function untilQuiet(
  log: Log,
  definitions: readonly string[],
  quietMs: number,
): Promise<void> {
  const topics = definitions.map(definitionTopics)
  const names = topics.flatMap(({ inbox, journal, results }) => [inbox, journal, results])
  const look = async () => (await ends(log, names)).map(({ high }) => String(high)).join()
  for (let before = ''; ;) {
    const now = await look()
    if (now === before) return
    before = now
    await new Promise((resolve) => setTimeout(resolve, quietMs))
  }
}

async function ends(log: Log, topics: readonly string[]): Promise<readonly Range[]> {
  const ranges = topics.map(async (topic) => {
    const count = await log.partitions(topic)
    const partitions = Array.from({ length: count }, (_, partition) => partition)
    return Promise.all(
      partitions.map(async (partition) => ({
        ...{ topic, partition },
        ...(await log.offsets(topic, partition)),
      })),
    )
  })
  return (await Promise.all(ranges)).flat()
}

async function recordsOf(log: Log, range: Range, markers: boolean): Promise<readonly LogRecord[]> {
  const { topic, partition, low, high } = range
  const records: LogRecord[] = []
  if (low === high) return records
  for await (const batch of log.read({ topic, partition, from: low, to: high, markers })) {
    records.push(...batch)
  }
  return records
}
