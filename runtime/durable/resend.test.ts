/** What an append of unknown fate leaves to be done again, and in which order. */

import { expect, test } from 'vitest'
import { z } from 'zod'
import type { Interfere } from '../log/memory.ts'
import { TestCluster } from '../testing/test-cluster.ts'
import { VirtualClock } from '../testing/virtual-clock.ts'
import { signal, workflow } from './definition.ts'

const untouched = { appendAfterMs: 0, settleAfterMs: 0, settle: 'ack' } as const

test('a cancellation does not overtake the start that it cancels', async () => {
  const child = workflow({
    ...{ name: 'child', input: z.null(), output: z.string() },
    run: async (ctx) => {
      await ctx.sleep('30 days')
      return 'slept'
    },
  })
  const parent = workflow({
    ...{ name: 'parent', input: z.null(), output: z.string() },
    run: async (ctx) => {
      const call = ctx.call(child, null)
      await call.cancel()
      return call.catch((error: unknown) => (error instanceof Error ? error.name : 'none'))
    },
  })
  const clock = new VirtualClock()
  const cluster = await TestCluster.create({ clock, definitions: [parent, child], partitions: 1 })
  let failures = 1
  const interfere: Interfere = (batch) => {
    if (failures === 0 || !batch.some(({ topic }) => topic === 'child.inbox')) return untouched
    failures -= 1
    return { appendAfterMs: null, settleAfterMs: 0, settle: 'fail' }
  }
  const process = await cluster.process(interfere)
  const client = cluster.client()
  const run = await cluster.drive(client.start(parent, null))
  expect(await cluster.drive(run.result(), 60_000)).toBe('CancelledError')
  await process.stop()
})

test('a run with entries of unknown fate asks for nothing twice', async () => {
  const go = signal('go', z.null())
  const talker = workflow({
    ...{ name: 'talker', input: z.null(), output: z.null() },
    run: async (ctx) => {
      const says = async (text: string) => {
        await ctx.waitFor(go)
        await ctx.publish('news', 'key', text)
      }
      await Promise.all(['one', 'two', 'three', 'four'].map(says))
      return null
    },
  })
  const clock = new VirtualClock()
  const cluster = await TestCluster.create({
    ...{ clock, definitions: [talker], partitions: 1, topics: ['news'] },
    settings: { coldAfterMs: 1_000 },
  })
  // The first commit that publishes lands and is not acknowledged; then nothing lands for a while.
  let outSince = -1
  const interfere: Interfere = (batch) => {
    const publishes = batch.some(
      ({ topic, records }) =>
        topic === 'talker.journal' &&
        records.some(({ value }) => Buffer.from(value).includes('news')),
    )
    if (outSince < 0 && publishes) {
      outSince = clock.now()
      return { appendAfterMs: 0, settleAfterMs: 100, settle: 'fail' }
    }
    if (outSince < 0) return untouched
    if (clock.now() > outSince + 10_000) return { ...untouched, settleAfterMs: 50 }
    return { appendAfterMs: null, settleAfterMs: 100, settle: 'fail' }
  }
  const process = await cluster.process(interfere)
  const client = cluster.client()
  const run = await cluster.drive(client.start(talker, null))
  await clock.advance(0)
  await cluster.drive(Promise.all([1, 2, 3, 4].map(() => run.signal(go, null))))
  await cluster.drive(run.result(), 60_000)
  expect(cluster.records('news')).toHaveLength(4)
  await process.stop()
})
