/** The code of a run goes ahead of its journal, and bodies do not. */

import { expect, test } from 'vitest'
import { z } from 'zod'
import type { EntryBody } from '../../schemas/records.ts'
import type { Interfere } from '../log/memory.ts'
import { TestCluster } from '../testing/test-cluster.ts'
import { VirtualClock } from '../testing/virtual-clock.ts'
import type { Context } from './context.ts'
import { workflow } from './definition.ts'

type Code = (ctx: Context, input: unknown, clock: VirtualClock) => Promise<unknown>

/** An owner whose appends land as told, and the bodies of the entries of each commit. */
async function stageOf(code: Code, interfere: Interfere = () => undefined) {
  const clock = new VirtualClock()
  const worker = workflow({
    ...{ name: 'worker', input: z.unknown(), output: z.unknown() },
    run: (ctx, input) => code(ctx, input, clock),
  })
  const cluster = await TestCluster.create({ clock, definitions: [worker], partitions: 1 })
  await cluster.process(interfere)
  const run = await cluster.drive(cluster.client().start(worker, null, { id: 'a' }), 60_000)
  const bodies = async () => {
    const all: (readonly EntryBody[])[] = []
    for (const { value } of cluster.records('worker.journal')) {
      const { entries } = await cluster.codec.commit.decode(value ?? Buffer.of())
      if (entries.length > 0) all.push(entries.map(({ body }) => body))
    }
    return all
  }
  const types = async () => (await bodies()).map((commit) => commit.map(({ type }) => type))
  return { clock, cluster, run, bodies, types }
}

test('what code asks for behind a step stands in the commit with its outcome', async () => {
  const stage = await stageOf(async (ctx) => {
    await ctx.step('read', () => 1)
    await ctx.sleep(100)
    return ctx.step('write', () => Promise.resolve(2))
  })
  expect(await stage.cluster.drive(stage.run.result(), 60_000)).toBe(2)
  expect(await stage.types()).toEqual([
    ['RunStarted'],
    ['StepCompleted', 'TimerSet'],
    ['TimerFired'],
    ['StepCompleted', 'RunCompleted'],
  ])
})

test('a body waits until what its code has seen is decided', async () => {
  const bodies: string[] = []
  let isSlow = false
  const stage = await stageOf(
    async (ctx) => {
      await ctx.step('read', () => {
        isSlow = true
        return bodies.push('read')
      })
      await ctx.step('write', () => bodies.push('write'))
    },
    () => (isSlow ? { appendAfterMs: 500, settleAfterMs: 1_000, settle: 'ack' } : undefined),
  )
  await stage.clock.advance(900)
  expect(bodies).toEqual(['read'])
  await stage.clock.advance(1_000)
  expect(bodies).toEqual(['read', 'write'])
})

test('code goes only some entries ahead of a log that is away', async () => {
  let published = 0
  let isAway = false
  const stage = await stageOf(
    async (ctx) => {
      await ctx.sleep(100)
      isAway = true
      for (; published < 100; published += 1) await ctx.publish('notes', 'a', published)
    },
    () => (isAway ? { appendAfterMs: 30_000, settleAfterMs: 30_000, settle: 'ack' } : undefined),
  )
  await stage.clock.advance(10_000)
  expect(published).toBeGreaterThan(10)
  expect(published).toBeLessThan(20)
  isAway = false
  await stage.clock.advance(60_000)
  expect(published).toBe(100)
})

test('a run parks once, with its own cause', async () => {
  const stage = await stageOf((ctx) =>
    ctx.step('read', () => Promise.reject(new Error('no disk')), { retry: { attempts: 2 } }),
  )
  await stage.clock.advance(60_000)
  expect(await stage.types()).toEqual([['RunStarted'], ['StepFailed'], ['RunParked']])
  expect((await stage.bodies()).at(-1)).toMatchObject([{ error: { code: 'STEP_EXHAUSTED' } }])
})

test('a generation that ends outside of a turn begins the next one', async () => {
  const stage = await stageOf(async (ctx, input, clock) => {
    if (input !== null) return input
    await new Promise<void>((resolve) => clock.after(5, resolve))
    return ctx.continueAsNew('next')
  })
  expect(await stage.cluster.drive(stage.run.result(), 60_000)).toBe('next')
})
