/**
 * How many partitions a definition has. The place of a run follows from the count, so that topics
 * which disagree, as when partitions were added to one of them, are used by nobody.
 */

import { LogError, UsageError } from '../errors.ts'
import type { Log } from '../log/port.ts'
import { definitionTopics, type DefinitionTopics } from '../../schemas/topics.ts'

/** Whoever sends to a definition reads its results, too; its journal may be closed to them. */
export const sentTo = ['inbox', 'results'] as const

/**
 * @param of the topics that are to agree
 * @throws LogError TOPIC_UNKNOWN when one does not exist
 * @throws UsageError TOPIC_MISMATCH when their counts differ
 */
export async function partitionCount(
  log: Log,
  definition: string,
  of: readonly [keyof DefinitionTopics, ...(keyof DefinitionTopics)[]],
): Promise<number> {
  const topics = of.map((which) => definitionTopics(definition)[which])
  const counts = await Promise.all(topics.map((topic) => countOf(log, topic)))
  const [first = 0] = counts
  if (counts.every((count) => count === first)) return first
  const list = topics.map((topic, index) => `${topic} has ${String(counts[index])}`).join(', ')
  throw new UsageError(
    `the topics of '${definition}' must have the same number of partitions, but ${list}: nothing was done; create the topics anew, partitions cannot be taken back`,
    { code: 'TOPIC_MISMATCH' },
  )
}

async function countOf(log: Log, topic: string): Promise<number> {
  try {
    return await log.partitions(topic)
  } catch (cause) {
    if (!(cause instanceof LogError) || cause.code !== 'TOPIC_UNKNOWN') throw cause
    throw new LogError(`topic '${topic}' does not exist: create it with 'stoa topics apply'`, {
      code: 'TOPIC_UNKNOWN',
      cause,
    })
  }
}
