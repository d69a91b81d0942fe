/** The messages to a run that lie in its inbox, taken in or not. */

import type { Message } from '../../schemas/index.ts'
import { decodeOurs, definitionTopics } from '../../schemas/index.ts'
import type { Connection } from '../connection.ts'

export interface MessagesOptions {
  readonly definition: string
  readonly runId: string
  readonly partition: number
  /** The first offset to look at, if it is still there. */
  readonly from: bigint
}

export interface PlacedMessage {
  readonly offset: bigint
  readonly message: Message
}

export async function* messagesTo(
  { log, codec }: Connection,
  { definition, runId, partition, from }: MessagesOptions,
): AsyncGenerator<PlacedMessage, void> {
  const topic = definitionTopics(definition).inbox
  const { low, high: to } = await log.offsets(topic, partition)
  const first = from > low ? from : low
  if (first >= to) return
  for await (const records of log.read({ topic, partition, from: first, to })) {
    for (const { key, value, offset } of records) {
      if (key === null || Buffer.from(key).toString('utf8') !== runId) continue
      // Anyone may write under a run's key.
      const message = await decodeOurs(codec.message, value)
      if (message !== undefined) yield { offset, message }
    }
  }
}
