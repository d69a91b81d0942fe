/** A cancellation that overtakes what the code asks for at the same moment. */

import { expect, test } from 'vitest'
import { z } from 'zod'
import { CancelledError } from '../errors.ts'
import { check } from '../testing/checker/check.ts'
import { TestCluster } from '../testing/test-cluster.ts'
import { VirtualClock } from '../testing/virtual-clock.ts'
import { signal, workflow } from './definition.ts'

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

test.each([false, true])(
  'whenever it comes, what the code waits for afterwards gets the next signal (with a call: %s)',
  async (calls) => {
    const clock = new VirtualClock()
    const definitions = [patient, child]
    const cluster = await TestCluster.create({ clock, definitions, partitions: 1 })
    await cluster.process()
    const client = cluster.client()
    const outputs = Array.from({ length: 40 }, async (_, delay) => {
      const run = await client.start(patient, calls, { id: `after ${String(delay)}` })
      await new Promise<void>((resolve) => clock.after(delay, resolve))
      await run.cancel('too late')
      await new Promise<void>((resolve) => clock.after(2_000, resolve))
      await run.signal(go, `seen ${String(delay)}`)
      return run.result()
    })
    expect(await cluster.drive(Promise.all(outputs), 60_000)).toEqual(
      outputs.map((_, delay) => `seen ${String(delay)}`),
    )
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
  const clock = new VirtualClock()
  const definitions = [leaving, stubborn]
  const cluster = await TestCluster.create({ clock, definitions, partitions: 1 })
  await cluster.process()
  const client = cluster.client()
  const outputs = Array.from({ length: 40 }, async (_, delay) => {
    const run = await client.start(leaving, null, { id: `after ${String(delay)}` })
    await new Promise<void>((resolve) => clock.after(delay, resolve))
    await run.cancel('too late')
    return run.result().catch((error: unknown) => {
      if (error instanceof CancelledError) return 'cancelled before it called'
      throw error
    })
  })
  const all = new Set(await cluster.drive(Promise.all(outputs), 60_000))
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
