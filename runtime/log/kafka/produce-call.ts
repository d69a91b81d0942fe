/** Produce, version 7: batches for partitions that one broker leads. */

import type { Call } from 'kafkajs/src/protocol/requests/index.js'
import { type FieldReader, int16, int32, ReadyCall, string } from './bytes.ts'

export interface PartitionBatch {
  readonly topic: string
  readonly partition: number
  readonly batch: Buffer
}

export interface Produced {
  readonly topic: string
  readonly partition: number
  readonly errorCode: number
  readonly baseOffset: bigint
}

const apiKey = 0
const acksOfAll = -1
const noTransaction = int16(-1)

/** `timeoutMs` is how long the broker may wait for its replicas. */
export function produceCall(
  batches: readonly PartitionBatch[],
  timeoutMs: number,
): Call<readonly Produced[]> {
  return new ReadyCall<readonly Produced[]>({
    apiKey,
    apiVersion: 7,
    apiName: 'Produce',
    body: requestParts(batches, timeoutMs),
    read: (response) => {
      const topics = response.array((reader) => {
        const topic = reader.string()
        return reader.array((fields) => produced(topic, fields))
      })
      return topics.flat()
    },
  })
}

function requestParts(batches: readonly PartitionBatch[], timeoutMs: number): Buffer[] {
  const byTopic = Map.groupBy(batches, ({ topic }) => topic)
  const parts = [noTransaction, int16(acksOfAll), int32(timeoutMs, byTopic.size)]
  for (const [topic, ofTopic] of byTopic) {
    parts.push(string(topic), int32(ofTopic.length))
    for (const { partition, batch } of ofTopic) parts.push(int32(partition, batch.length), batch)
  }
  return parts
}

function produced(topic: string, reader: FieldReader): Produced {
  const partition = reader.int32()
  const errorCode = reader.int16()
  const baseOffset = reader.int64()
  // Append time and start offset of the log.
  reader.int64()
  reader.int64()
  return { topic, partition, errorCode, baseOffset }
}
