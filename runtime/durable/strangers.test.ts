/** What others write to the topics of a definition stops nothing. */

import { expect, test } from 'vitest'
import { z } from 'zod'
import { createCodec, memorySchemaStore } from '../../schemas/codec.ts'
import type { AppendFate } from '../log/memory.ts'
import { TestCluster } from '../testing/test-cluster.ts'
import { VirtualClock } from '../testing/virtual-clock.ts'
import { signal, workflow } from './definition.ts'

const go = signal('go', z.string())
const ticker = workflow({
  ...{ name: 'ticker', input: z.null(), output: z.string(), signals: [go] },
  run: async (ctx) => {
    for (let tick = 0; tick < 5; tick += 1) await ctx.sleep(100)
    return ctx.waitFor(go)
  },
})

async function began() {
  const clock = new VirtualClock()
  const cluster = await TestCluster.create({ clock, definitions: [ticker], partitions: 1 })
  const owner = await cluster.process()
  const client = cluster.client()
  const run = await cluster.drive(client.start(ticker, null, { id: 'a' }), 60_000)
  await clock.advance(150)
  const write = (topic: string, value: Buffer) =>
    cluster.drive(
      cluster.log('stranger').append([{ topic, partition: 0, records: [{ key: 'a', value }] }]),
    )
  return { clock, cluster, owner, run, write }
}

test.each<[string, (of: Awaited<ReturnType<typeof began>>) => unknown]>([
  ['the end of a transaction', ({ cluster }) => cluster.skip('ticker.journal', 0, 1)],
  ['text', ({ write }) => write('ticker.journal', Buffer.from('a line of a log'))],
  [
    'a number in eight bytes',
    ({ write }) => write('ticker.journal', Buffer.from([0, 0, 0, 0, 0, 0, 0, 42])),
  ],
])('%s in a journal stops neither the owner nor the next one', async (_, disturb) => {
  const stage = await began()
  const { clock, cluster, owner, run } = stage
  await disturb(stage)
  await clock.advance(5_000)
  owner.kill()
  await cluster.process()
  await cluster.drive(run.signal(go, 'well'), 60_000)
  expect(await cluster.drive(run.result(), 60_000)).toBe('well')
})

test('a message larger than any of ours is buried, and what follows is taken in', async () => {
  const { cluster, clock, run, write } = await began()
  const payload = Buffer.from(JSON.stringify('x'.repeat(8 * 1024 * 1024 - 200)))
  const body = { type: 'Signal', name: 'go', payload } as const
  await write('ticker.inbox', cluster.codec.message.encode({ id: 'huge', runId: 'a', body }))
  await clock.advance(5_000)
  const commits = cluster.records('ticker.journal').length
  await clock.advance(60_000)
  expect(cluster.records('ticker.journal').length - commits).toBeLessThan(3)
  await cluster.drive(run.signal(go, 'well'), 60_000)
  expect(await cluster.drive(run.result(), 60_000)).toBe('well')
  expect(cluster.records('dead-letters')).toHaveLength(1)
})

test('an inbox is taken in no faster than its entries land', async () => {
  const plain = await createCodec(memorySchemaStore())
  let decoded = 0
  const decode = (bytes: Uint8Array) => {
    decoded += 1
    return plain.message.decode(bytes)
  }
  const codec = { ...plain, message: { ...plain.message, decode } }
  const clock = new VirtualClock()
  const cluster = await TestCluster.create({ clock, codec, definitions: [ticker], partitions: 1 })
  const landing: { fate?: AppendFate } = {}
  await cluster.process(() => landing.fate)
  const client = cluster.client()
  await cluster.drive(client.start(ticker, null, { id: 'a' }), 60_000)
  await clock.advance(1_000)

  landing.fate = { appendAfterMs: 10_000, settleAfterMs: 10_000, settle: 'ack' }
  const stranger = cluster.log('stranger')
  const value = (number: number) =>
    codec.message.encode({
      ...{ id: `s${String(number)}`, runId: 'a' },
      body: { type: 'Signal', name: 'unasked', payload: Buffer.from('""') },
    })
  const count = 12_000
  for (let first = 0; first < count; first += 500) {
    const records = Array.from({ length: 500 }, (_, index) => ({
      ...{ key: 'a', value: value(first + index) },
    }))
    await cluster.drive(stranger.append([{ topic: 'ticker.inbox', partition: 0, records }]))
  }
  await clock.advance(100)
  expect(decoded).toBeGreaterThan(1_000)
  expect(decoded).toBeLessThan(count / 2)
  delete landing.fate
  await clock.advance(120_000)
  expect(decoded).toBe(count + 1)
})

test('a signal for a version that is not served here waits for one who serves it', async () => {
  const named = signal('go', z.object({ by: z.string() }))
  const next = workflow({
    ...{ name: 'ticker', version: '2', input: z.null(), output: z.string(), signals: [named] },
    run: async (ctx) => (await ctx.waitFor(named)).by,
  })
  const { clock, cluster, owner, run } = await began()
  await clock.advance(5_000)
  owner.kill()
  const other = await cluster.process(undefined, [next])
  await clock.advance(5_000)
  await cluster.drive(run.signal(go, 'well'), 60_000)
  await clock.advance(5_000)
  other.kill()
  await cluster.process(undefined, [next, ticker])
  expect(await cluster.drive(run.result(), 60_000)).toBe('well')
  expect(cluster.records('dead-letters')).toEqual([])
})
