import { expect, test } from 'vitest'
import { z } from 'zod'
import type { CheckpointPart, Commit } from '../../schemas/records.ts'
import type { Interfere } from '../log/memory.ts'
import { fence } from '../testing/entries.ts'
import { TestCluster } from '../testing/test-cluster.ts'
import { VirtualClock } from '../testing/virtual-clock.ts'
import { workflow } from './definition.ts'

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
  const cluster = await TestCluster.create({
    ...{ clock, definitions: [ticker], partitions: 1 },
    settings: { checkpointBytes: 2_000 },
  })
  const commitOf = (value: Uint8Array): Commit => {
    const decoded = cluster.codec.commit.decode(value)
    if (decoded instanceof Promise) throw new Error('the schema is known')
    return decoded
  }
  const has = (value: Uint8Array, type: CheckpointPart['type']) =>
    commitOf(value).checkpoint.some((part) => part.type === type)
  const newer = cluster.log('newer')
  let isFenced = false
  const interfere: Interfere = (batch) => {
    const begins = batch.some(
      ({ topic, records }) =>
        topic === journal && records.some(({ value }) => has(value, 'CheckpointBegun')),
    )
    if (isFenced || !begins) return undefined
    isFenced = true
    const value = cluster.codec.commit.encode(fence('newer'))
    void newer.append([{ topic: journal, partition: 0, records: [{ key: null, value }] }])
    return { appendAfterMs: 5, settleAfterMs: 10, settle: 'ack' }
  }
  await cluster.process(interfere)
  await cluster.drive(cluster.client().start(ticker, null), 60_000)
  await clock.advance(60_000)
  expect(isFenced).toBe(true)
  const ended = cluster
    .records(journal)
    .filter(({ value }) => value !== null && has(value, 'CheckpointEnded'))
  expect(ended.length).toBeGreaterThan(0)
})
