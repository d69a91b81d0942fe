import { expect, test } from 'vitest'
import { z } from 'zod'
import { createCodec, memorySchemaStore } from '../../schemas/codec.ts'
import type { CheckpointPart, Commit } from '../../schemas/records.ts'
import { deadLettersPlan, definitionTopicPlans } from '../../schemas/topics.ts'
import { silentLogger } from '../logger.ts'
import { memoryCluster, type Interfere } from '../log/memory.ts'
import { fence } from '../testing/entries.ts'
import { VirtualClock } from '../testing/virtual-clock.ts'
import { createClient } from './client.ts'
import { workflow } from './definition.ts'
import { seededRandomness } from './seeded-random.ts'
import { startService } from './service.ts'

const journal = 'ticker.journal'
const ticker = workflow({
  ...{ name: 'ticker', input: z.null(), output: z.null() },
  run: async (ctx) => {
    for (let tick = 0; tick < 200; tick += 1) await ctx.sleep(100)
    return null
  },
})

test('a checkpoint that a newer owner has cut short does not stop those that follow', async () => {
  const clock = new VirtualClock()
  const codec = await createCodec(memorySchemaStore())
  const size = { partitions: 1, replicationFactor: 1 }
  const topics = [...definitionTopicPlans('ticker', size), deadLettersPlan(size)]
  const cluster = memoryCluster({ clock, topics })
  const commitOf = (value: Uint8Array): Commit => {
    const decoded = codec.commit.decode(value)
    if (decoded instanceof Promise) throw new Error('the schema is known')
    return decoded
  }
  const has = (value: Uint8Array, type: CheckpointPart['type']) =>
    commitOf(value).checkpoint.some((part) => part.type === type)
  const newer = cluster.connect({ name: 'newer' })
  let isFenced = false
  const interfere: Interfere = (batch) => {
    const begins = batch.some(
      ({ topic, records }) =>
        topic === journal && records.some(({ value }) => has(value, 'CheckpointBegun')),
    )
    if (isFenced || !begins) return undefined
    isFenced = true
    const value = codec.commit.encode(fence('newer'))
    void newer.append([{ topic: journal, partition: 0, records: [{ key: null, value }] }])
    return { appendAfterMs: 5, settleAfterMs: 10, settle: 'ack' }
  }
  const common = { codec, clock, logger: silentLogger, randomness: seededRandomness('ticker') }
  await startService({
    ...{ ...common, log: cluster.connect({ name: 'owner', interfere }), definitions: [ticker] },
    settings: { checkpointBytes: 2_000 },
  })
  const client = createClient({ ...common, log: cluster.connect({ name: 'client' }) })
  await clock.advance(0)
  const started = client.start(ticker, null)
  await clock.advance(60_000)
  await started
  expect(isFenced).toBe(true)
  const ended = cluster
    .dump(journal, 0)
    .filter(({ value }) => value !== null && has(value, 'CheckpointEnded'))
  expect(ended.length).toBeGreaterThan(0)
})
