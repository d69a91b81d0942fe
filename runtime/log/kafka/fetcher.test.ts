import { setTimeout as sleep } from 'node:timers/promises'
import type { Call } from 'kafkajs/src/protocol/requests/index.js'
import { expect, test } from 'vitest'
import { silentLogger } from '../../logger.ts'
import { int16, int32, string } from './bytes.ts'
import { Fetcher, type FetcherParts } from './fetcher.ts'
import { encodeBatch } from './record-batch.ts'

const partitions = [0, 1, 2]

/** The answer of a broker that has one record in each partition. */
function answer(): Buffer {
  const value = Buffer.from('v')
  const batch = encodeBatch([{ key: null, value }], { id: 1n, epoch: 0, sequence: 0 }, 0)
  const long = (number: bigint) => {
    const bytes = Buffer.alloc(8)
    bytes.writeBigInt64BE(number)
    return bytes
  }
  const of = (partition: number) => [
    ...[int32(partition), int16(0), long(1n), long(1n), long(0n), int32(-1, -1)],
    ...[int32(batch.length), batch],
  ]
  return Buffer.concat([
    ...[int32(0), int16(0), int32(0, 1), string('t'), int32(partitions.length)],
    ...partitions.flatMap(of),
  ])
}

test('a partition is in one request at a time, however long it takes to find who leads another', async () => {
  let requests = 0
  const parts = {
    connections: {
      drop: () => undefined,
      sendTo: async <R>(_leader: number, _purpose: string, call: Call<R>) => {
        requests += 1
        await sleep(60)
        return call.response.decode(answer())
      },
    },
    topics: {
      forget: () => undefined,
      leader: async (_topic: string, partition: number) => {
        if (partition === 0 && requests === 0) await sleep(20)
        return 1
      },
    },
    offsets: {},
    logger: silentLogger,
  } as unknown as FetcherParts
  const came: number[] = []
  const fetcher = new Fetcher(parts, {
    ...{ topic: 't', number: 1, purpose: 'follow-1' },
    onRecords: (partition, records) => came.push(...records.map(() => partition)),
  })
  for (const partition of partitions) {
    fetcher.add(partition)
    fetcher.seek(partition, 0n)
  }
  // Looks again while it is still being asked who leads the first.
  await sleep(5)
  fetcher.resume(1)
  await sleep(200)
  fetcher.close()
  expect(came.toSorted()).toEqual(partitions)
})
