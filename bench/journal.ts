/** The journal of a definition as the benchmark reads it, while it is written and afterwards. */

import { decodeCommit, readJournal } from '../runtime/durable/journal-reader.ts'
import type { Subscription } from '../runtime/log/port.ts'
import type { Entry } from '../schemas/records.ts'
import { definitionTopics } from '../schemas/topics.ts'
import { nowMs } from './clock.ts'
import type { Stage } from './stage.ts'

export interface SeenEntry {
  readonly entry: Entry
  readonly partition: number
  /** Of its commit. */
  readonly epoch: bigint
  /** When it was read here. */
  readonly at: number
}

/** Is called with every entry that is written from now on under the fence in force. */
export async function followJournal(
  { log, codec, partitions }: Stage,
  definition: string,
  onEntry: (seen: SeenEntry) => void,
): Promise<Subscription> {
  const topic = definitionTopics(definition).journal
  const epochs = new Map<number, bigint>()
  const from = new Map(Array.from({ length: partitions }, (_, partition) => [partition, 0n]))
  return log.follow({
    topic,
    from,
    onRecords: (partition, records) => {
      const at = nowMs()
      for (const { offset, value } of records) {
        const commit = decodeCommit(codec, value)
        if (commit instanceof Promise) throw new Error('the journal has a schema of others')
        if (commit.fence !== null) epochs.set(partition, offset)
        else if (commit.epoch === epochs.get(partition)) {
          for (const entry of commit.entries) onEntry({ entry, partition, epoch: commit.epoch, at })
        }
      }
    },
  })
}

/** Bytes of all outcomes that steps have recorded in one partition. */
export async function outcomeBytes(
  { log, codec }: Stage,
  definition: string,
  partition: number,
): Promise<number> {
  const topic = definitionTopics(definition).journal
  const { low, high } = await log.offsets(topic, partition)
  let bytes = 0
  for await (const commits of readJournal(log, codec, { topic, partition, from: low, to: high })) {
    for (const { body } of commits.flatMap(({ commit }) => commit.entries)) {
      if (body.type === 'StepCompleted') bytes += body.output.byteLength
    }
  }
  return bytes
}
