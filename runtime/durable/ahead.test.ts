/** The code of a run goes ahead of its journal, and bodies do not. */

import { expect, test } from 'vitest'
import { z } from 'zod'
import type { Commit } from '../../schemas/records.ts'
import type { Interfere } from '../log/memory.ts'
import { TestCluster } from '../testing/test-cluster.ts'
import { VirtualClock } from '../testing/virtual-clock.ts'
import { signal, workflow } from './definition.ts'

const journal = 'worker.journal'
const go = signal('go', z.string())

/** An owner whose appends land as told, and the entries of each commit. */
async function stageOf(
  run: Parameters<typeof workflow>[0]['run'],
  interfere: Interfere = () => undefined,
) {
  const clock = new VirtualClock()
  const worker = workflow({
    ...{ name: 'worker', input: z.null(), output: z.unknown(), signals: [go] },
    run: (ctx, input) => run(ctx, input),
  })
  const cluster = await TestCluster.create({ clock, definitions: [worker], partitions: 1 })
  const owner = await cluster.process(interfere)
  const started = await cluster.drive(cluster.client().start(worker, null, { id: 'a' }), 60_000)
  const commits = async () => {
    const all: Commit[] = []
    for (const { value } of cluster.records(journal)) {
      all.push(await cluster.codec.commit.decode(value ?? Buffer.of()))
    }
    return all
      .map(({ entries }) => entries.map(({ body }) => body.type))
      .filter((types) => types.length > 0)
  }
  return { clock, cluster, owner, worker, run: started, commits }
}

test('what code asks for behind a step stands in the commit with its outcome', async () => {
  const stage = await stageOf(async (ctx) => {
    await ctx.step('read', () => 1)
    await ctx.sleep(100)
    return ctx.step('write', () => Promise.resolve(2))
  })
  expect(await stage.cluster.drive(stage.run.result(), 60_000)).toBe(2)
  expect(await stage.commits()).toEqual([
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
