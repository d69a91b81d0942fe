/** Reads the dead letters: records that could not be processed, each with its origin and the cause. */

import type { Log } from '../../runtime/log/port.ts'
import { deadLettersTopic, decodeOurs, type DeadLetter } from '../../schemas/index.ts'
import type { Connection } from '../connection.ts'
import { codeOf } from '../exit-code.ts'

/** The end of each partition; of a topic that does not exist, none. */
export async function endsOf(log: Log, topic: string): Promise<readonly bigint[]> {
  return (await offsetsOf(log, topic)).map(({ high }) => high)
}

/** The letters from some offsets on, by default from the first that is kept, partition by partition. */
export async function* deadLettersFrom(
  { log, codec }: Connection,
  from: readonly bigint[] = [],
): AsyncGenerator<DeadLetter, void> {
  const topic = deadLettersTopic
  for (const [partition, { low, high }] of (await offsetsOf(log, topic)).entries()) {
    const first = from[partition] ?? low
    if (first >= high) continue
    for await (const records of log.read({ topic, partition, from: first, to: high })) {
      for (const { value } of records) {
        // Anyone may write to the topic; what is not a letter says nothing.
        const letter = await decodeOurs(codec.deadLetter, value)
        if (letter !== undefined) yield letter
      }
    }
  }
}

async function offsetsOf(log: Log, topic: string) {
  let count = 0
  try {
    count = await log.partitions(topic)
  } catch (error) {
    if (codeOf(error) !== 'TOPIC_UNKNOWN') throw error
  }
  const partitions = Array.from({ length: count }, (_, index) => index)
  return Promise.all(partitions.map((partition) => log.offsets(topic, partition)))
}
