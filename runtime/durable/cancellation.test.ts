/** A cancellation that overtakes what the code asks for at the same moment. */

import { expect, test } from 'vitest'
import { z } from 'zod'
import { CancelledError } from '../errors.ts'
import { check } from '../testing/checker/check.ts'
import { TestCluster } from '../testing/test-cluster.ts'
import { VirtualClock } from '../testing/virtual-clock.ts'
import type { RunHandle } from './client.ts'
import { signal, workflow, type AnyWorkflow, type Workflow } from './definition.ts'

const go = signal('go', z.string())
const child = workflow({
  ...{ name: 'child', input: z.null(), output: z.null(), signals: [go] },
  run: async (ctx) => {
    await ctx.waitFor(go)
    return null
  },
})

const patient = workflow({
  ...{ name: 'patient', input: z.boolean(), output: z.string(), signals: [go] },
  async run(ctx, calls) {
    try {
      const call = calls ? ctx.call(child, null) : Promise.resolve()
      await ctx.step('prepare', () => 'ready')
      await Promise.all([call, ctx.waitFor(go), ctx.sleep(1_000_000)])
      return 'not cancelled'
    } catch (error) {
      if (!(error instanceof CancelledError)) throw error
      return ctx.waitFor(go)
    }
  },
})

/** Of 40 runs each is cancelled a millisecond later than the one before. */
async function cancelledEach<I extends z.ZodType, O>(
  definitions: readonly [Workflow<I, z.ZodType<O>>, AnyWorkflow],
  input: z.input<I>,
  outcomeOf: (run: RunHandle<O>, delay: number, clock: VirtualClock) => Promise<unknown>,
): Promise<readonly unknown[]> {
  const clock = new VirtualClock()
  const cluster = await TestCluster.create({ clock, definitions, partitions: 1 })
  await cluster.process()
  const client = cluster.client()
  const outcomes = Array.from({ length: 40 }, async (_, delay) => {
    const run = await client.start(definitions[0], input, { id: `after ${String(delay)}` })
    await later(clock, delay)
    await run.cancel('too late')
    return outcomeOf(run, delay, clock)
  })
  return cluster.drive(Promise.all(outcomes), 60_000)
}

function later(clock: VirtualClock, ms: number): Promise<void> {
  return new Promise((resolve) => clock.after(ms, resolve))
}

test.each([false, true])(
  'whenever it comes, what the code waits for afterwards gets the next signal (with a call: %s)',
  async (calls) => {
    const outputs = await cancelledEach([patient, child], calls, async (run, delay, clock) => {
      await later(clock, 2_000)
      await run.signal(go, `seen ${String(delay)}`)
      return run.result()
    })
    expect(outputs).toEqual(outputs.map((_, delay) => `seen ${String(delay)}`))
    expect(outputs).toHaveLength(40)
  },
)

const stubborn = workflow({
  ...{ name: 'stubborn', input: z.null(), output: z.null(), signals: [go] },
  async run(ctx) {
    for (;;) await ctx.waitFor(go).catch(() => undefined)
  },
})

const leaving = workflow({
  ...{ name: 'leaving', input: z.null(), output: z.string() },
  async run(ctx) {
    const call = ctx.call(stubborn, null)
    await ctx.step('prepare', () => 'ready')
    await Promise.race([call, ctx.sleep(500)])
    await call.cancel()
    return 'left'
  },
})

test('whenever it comes, the code may leave a called run that does not end', async () => {
  const outcomes = await cancelledEach([leaving, stubborn], null, (run) =>
    run.result().catch((error: unknown) => {
      if (error instanceof CancelledError) return 'cancelled before it called'
      throw error
    }),
  )
  const all = new Set(outcomes)
  expect(all).toContain('left')
  expect(all.size).toBeLessThanOrEqual(2)
})

const broken = workflow({
  ...{ name: 'broken', input: z.null(), output: z.null() },
  async run(ctx) {
    const fail = () => {
      throw new Error('not there')
    }
    await ctx.step('reach', fail, { retry: { attempts: 1 } })
    return null
  },
})

const calling = workflow({
  ...{ name: 'calling', input: z.null(), output: z.null() },
  run: (ctx) => ctx.call(broken, null),
})

test('a run that is parked is told, and with it whoever waits for it', async () => {
  const clock = new VirtualClock()
  const definitions = [calling, broken]
  const cluster = await TestCluster.create({ clock, definitions, partitions: 1 })
  let process = await cluster.process()
  const client = cluster.client()
  const run = await cluster.drive(client.start(calling, null, { id: 'a' }), 60_000)
  await clock.advance('1 minute')
  // It is parked for whoever owns it next as well.
  process.kill()
  process = await cluster.process()
  await clock.advance('1 minute')
  await cluster.drive(run.cancel('no longer needed'), 60_000)
  await expect(cluster.drive(run.result(), 60_000)).rejects.toThrow('no longer needed')
  const child = client.get(broken, 'a/0')
  await expect(cluster.drive(child.result(), 60_000)).rejects.toThrow(CancelledError)
  await process.stop()
  const { violations } = await check(cluster.codec, {
    ...{ definitions: ['calling', 'broken'], records: cluster.records() },
    effects: cluster.effects,
  })
  expect(violations).toEqual([])
})
