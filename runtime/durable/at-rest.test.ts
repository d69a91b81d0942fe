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

test('the timers of a run that was parked when it was taken over still fire', async () => {
  let isBroken = true
  const sleeper = workflow({
    ...{ name: 'sleeper', input: z.null(), output: z.string() },
    run: async (ctx) => {
      const slept = ctx.sleep(100_000)
      const read = () => {
        if (isBroken) throw new Error('no disk')
      }
      await ctx.step('read', read, { retry: { attempts: 1 } })
      await slept
      return 'slept'
    },
  })
  const clock = new VirtualClock()
  const cluster = await TestCluster.create({ clock, definitions: [sleeper], partitions: 1 })
  const owner = await cluster.process()
  const run = await cluster.drive(cluster.client().start(sleeper, null, { id: 'a' }), 60_000)
  await clock.advance(1_000)
  owner.kill()
  await cluster.process()
  await clock.advance(20_000)
  isBroken = false
  await cluster.drive(run.resume(), 60_000)
  expect(await cluster.drive(run.result(), 200_000)).toBe('slept')
})

test('a run is not at rest while its code is handed a burst of replies', async () => {
  let isHanging = true
  let begun = 0
  const child = workflow({
    ...{ name: 'child', input: z.number(), output: z.number(), signals: [go] },
    run: async (ctx, number) => {
      if (number === 0) await ctx.waitFor(go)
      else await ctx.sleep(10_000)
      return number
    },
  })
  const leader = workflow({
    ...{ name: 'leader', input: z.boolean(), output: z.null() },
    run: async (ctx, isFiller) => {
      if (isFiller) await ctx.step('fill', () => 'x'.repeat(500))
      if (isFiller) return null
      const first = ctx.call(child, 0)
      await Promise.all(Array.from({ length: 7 }, (_, index) => ctx.call(child, index + 1)))
      await ctx.step('sum up', () => {
        begun += 1
        return isHanging ? new Promise<null>(() => undefined) : null
      })
      await first
      return null
    },
  })
  const clock = new VirtualClock()
  const cluster = await TestCluster.create({
    ...{ clock, definitions: [leader, child], partitions: 1, settings: { checkpointBytes: 500 } },
  })
  const owner = await cluster.process()
  const client = cluster.client()
  await cluster.drive(client.start(leader, false, { id: 'a' }), 60_000)
  await clock.advance(20_000)
  for (let index = 0; index < 6; index += 1) {
    await cluster.drive(client.start(leader, true, { id: `fills-${String(index)}` }), 60_000)
  }
  await clock.advance(1_000)
  expect(begun).toBe(1)
  owner.kill()
  isHanging = false
  await cluster.process()
  await clock.advance(60_000)
  expect(begun).toBe(2)
}, 60_000)
