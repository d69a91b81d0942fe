/** Follows every partition of a topic from where each is to begin. */

import type { FollowOptions, Subscription } from '../port.ts'
import { Fetcher, type FetcherParts } from './fetcher.ts'

/** Resolves once every partition has its position. @throws LogError TOPIC_UNKNOWN */
export async function followTopic(
  parts: FetcherParts,
  number: number,
  options: FollowOptions,
): Promise<Subscription> {
  const { topic, from, onRecords } = options
  const count = await parts.topics.count(topic)
  const positions = await Promise.all(
    Array.from({ length: count }, async (_, partition) => {
      return from?.get(partition) ?? (await parts.offsets.high(topic, partition))
    }),
  )
  const fetcher = new Fetcher(parts, { topic, number, purpose: `follow-${number}`, onRecords })
  positions.forEach((offset, partition) => {
    fetcher.add(partition)
    fetcher.seek(partition, offset)
  })
  return { close: async () => fetcher.close() }
}
