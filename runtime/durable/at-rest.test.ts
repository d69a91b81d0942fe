/** A new owner leaves runs alone that are known to be at rest, and wakes them when something comes. */

import { expect, test } from 'vitest'
import { z } from 'zod'
import { TestCluster } from '../testing/test-cluster.ts'
import { VirtualClock } from '../testing/virtual-clock.ts'
import { signal, workflow } from './definition.ts'

const go = signal('go', z.string())

/** Runs that note when their code begins. */
async function stageOf(checkpointBytes: number) {
  const begun: string[] = []
  const waiter = workflow({
    ...{ name: 'waiter', input: z.number(), output: z.string(), signals: [go] },
    run: async (ctx, sleepMs) => {
      begun.push(ctx.runId)
      await ctx.step('look', () => 'x'.repeat(500))
      if (sleepMs === 0) return ctx.waitFor(go)
      await ctx.sleep(sleepMs)
      return 'slept'
    },
  })
  const clock = new VirtualClock()
  const cluster = await TestCluster.create({
    ...{ clock, definitions: [waiter], partitions: 1 },
    settings: { checkpointBytes },
  })
  const owner = await cluster.process()
  const client = cluster.client()
  const start = (id: string, sleepMs: number) =>
    cluster.drive(client.start(waiter, sleepMs, { id }), 60_000)
  return { begun, clock, cluster, owner, start }
}

test('a run that a checkpoint holds at rest is executed when its signal or its time has come', async () => {
  const { begun, clock, cluster, owner, start } = await stageOf(1_000)
  const waits = await start('waits', 0)
  const sleeps = await start('sleeps', 100_000)
  await clock.advance(1_000)
  // What these write brings checkpoints behind the others' last entries.
  for (let index = 0; index < 20; index += 1) await start(`passes-${String(index)}`, 10)
  await clock.advance(5_000)
  begun.length = 0
  owner.kill()
  await cluster.process()
  await clock.advance(30_000)
  expect(begun).toEqual([])
  await cluster.drive(waits.signal(go, 'now'), 60_000)
  expect(await cluster.drive(waits.result(), 60_000)).toBe('now')
  expect(await cluster.drive(sleeps.result(), 200_000)).toBe('slept')
  expect(begun).toEqual(['waits', 'sleeps'])
})

test('a run of which nothing is known is executed, and then left alone', async () => {
  const { begun, clock, cluster, owner, start } = await stageOf(1_000_000)
  const waits = await start('waits', 0)
  await clock.advance(1_000)
  begun.length = 0
  owner.kill()
  await cluster.process()
  await clock.advance(30_000)
  expect(begun).toEqual(['waits'])
  await cluster.drive(waits.signal(go, 'now'), 60_000)
  expect(await cluster.drive(waits.result(), 60_000)).toBe('now')
  expect(begun).toEqual(['waits', 'waits'])
})
