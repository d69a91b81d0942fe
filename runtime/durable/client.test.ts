import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { CancelledError, TerminalError } from '../errors.ts'
import type { AppendFate } from '../log/memory.ts'
import { testRuntime } from '../testing/index.ts'
import { TestCluster } from '../testing/test-cluster.ts'
import { VirtualClock } from '../testing/virtual-clock.ts'
import { contract, signal, workflow } from './definition.ts'

const approval = signal('approval', z.object({ granted: z.boolean() }))

const review = workflow({
  ...{ name: 'review', input: z.object({ steps: z.number() }), output: z.number() },
  signals: [approval],
  async run(ctx, { steps }) {
    for (let step = 0; step < steps; step += 1) await ctx.step('read', () => step)
    return steps
  },
})

const patient = workflow({
  ...{ name: 'patient', input: z.null(), output: z.boolean() },
  signals: [approval],
  run: async (ctx) => {
    await ctx.sleep('1 minute')
    return (await ctx.waitFor(approval)).granted
  },
})

const definitions = [review, patient]

const like = (pattern: RegExp): unknown => expect.stringMatching(pattern)

describe('starting', () => {
  test('the same id never runs twice, and whoever starts it is told the one result', async () => {
    const runtime = await testRuntime({ definitions })
    const first = await runtime.start(review, { steps: 2 }, { id: 'a' })
    expect(await first.result()).toBe(2)
    const again = await runtime.start(review, { steps: 5 }, { id: 'a' })
    expect(await again.result()).toBe(2)
    expect(runtime.bodies).toHaveLength(2)
    await runtime.stop()
  })

  test('an id that has run is answered to a client that comes later', async () => {
    const clock = new VirtualClock()
    const cluster = await TestCluster.create({ clock, definitions })
    await cluster.process()
    const first = await cluster.drive(cluster.client().start(review, { steps: 1 }, { id: 'a' }))
    await cluster.drive(first.result())
    await clock.advance('1 hour')
    const again = await cluster.drive(cluster.client().start(review, { steps: 9 }, { id: 'a' }))
    expect(await cluster.drive(again.result())).toBe(1)
    expect(cluster.effects).toHaveLength(1)
  })

  test('an id whose window is over runs again', async () => {
    const runtime = await testRuntime({
      ...{ definitions, partitions: 1 },
      settings: { deduplicationMs: 1_000, checkpointBytes: 100 },
    })
    const first = await runtime.start(review, { steps: 1 }, { id: 'a' })
    await first.result()
    await runtime.clock.advance('1 minute')
    // Forgetting is part of a checkpoint, and that is taken when the journal grows.
    await (await runtime.start(review, { steps: 30 }, { id: 'b' })).result()
    await runtime.clock.advance('1 minute')
    await runtime.start(review, { steps: 1 }, { id: 'a' })
    expect(runtime.bodies.filter(({ runId }) => runId === 'a')).toHaveLength(2)
    await runtime.stop()
  })

  test('an input that does not match is refused before anything is sent', async () => {
    const runtime = await testRuntime({ definitions })
    const wrong = { steps: Number.NaN }
    await expect(runtime.start(review, wrong)).rejects.toMatchObject({
      ...{ code: 'INPUT_INVALID', message: like(/schema: ✖ .*NaN\n {2}→ at steps$/) },
    })
    await runtime.stop()
  })
})

describe('a result', () => {
  test('of a run that somebody else has started is asked for', async () => {
    const runtime = await testRuntime({ definitions })
    await (await runtime.start(review, { steps: 3 }, { id: 'a' })).result()
    expect(await runtime.get(review, 'a').result()).toBe(3)
  })

  test('of a run that nobody has started is refused at once, and leaves no dead letter', async () => {
    const clock = new VirtualClock()
    const cluster = await TestCluster.create({ clock, definitions })
    await cluster.process()
    const asked = cluster.client().get(review, 'nobody').result()
    await expect(cluster.drive(asked, 5_000)).rejects.toMatchObject({
      ...{ name: 'UsageError', code: 'RUN_NOT_FOUND' },
      message: like(/^no run nobody of 'review' is known: /),
    })
    expect(cluster.records('dead-letters')).toEqual([])
  })

  test('is refused to who asked too early, and told to who starts the run then', async () => {
    const runtime = await testRuntime({ definitions })
    const early = runtime.get(review, 'a').result()
    await expect(early).rejects.toMatchObject({ code: 'RUN_NOT_FOUND' })
    const run = await runtime.start(review, { steps: 1 }, { id: 'a' })
    expect(await run.result()).toBe(1)
    expect(await runtime.get(review, 'a').result()).toBe(1)
    await runtime.stop()
  })

  test('of a run that a key has placed is found with that key only', async () => {
    const clock = new VirtualClock()
    const cluster = await TestCluster.create({ clock, definitions, partitions: 8 })
    await cluster.process()
    const options = { id: 'a', key: 'left-pad' }
    await cluster.drive(cluster.client().start(review, { steps: 1 }, options))
    await clock.advance('1 second')
    const without = cluster.client().get(review, 'a').result()
    await expect(cluster.drive(without, 5_000)).rejects.toMatchObject({ code: 'RUN_NOT_FOUND' })
    const found = cluster.client().get(review, 'a', { key: 'left-pad' }).result()
    expect(await cluster.drive(found, 5_000)).toBe(1)
  })

  test('that does not match the schema of who asks rejects, and says where', async () => {
    const other = contract({ ...review, output: z.object({ verdict: z.string() }) })
    const runtime = await testRuntime({ definitions })
    await runtime.start(review, { steps: 1 }, { id: 'a' })
    await expect(runtime.get(other, 'a').result()).rejects.toMatchObject({
      ...{ name: 'UsageError', code: 'OUTPUT_INVALID' },
      message: like(/^the output of run a does not match its schema: ✖ Invalid/),
    })
    await runtime.stop()
  })

  test('that is a failure rejects with its code', async () => {
    const failing = workflow({
      ...{ name: 'failing', input: z.null(), output: z.null() },
      run: () => Promise.reject(new TerminalError('no', { code: 'NO_WAY', details: { why: 1 } })),
    })
    const runtime = await testRuntime({ definitions: [failing] })
    const run = await runtime.start(failing, null)
    await expect(run.result()).rejects.toMatchObject({ code: 'NO_WAY', details: { why: 1 } })
  })

  test('that does not come in time rejects, and the run goes on', async () => {
    const clock = new VirtualClock()
    const cluster = await TestCluster.create({ clock, definitions })
    await cluster.process()
    const run = await cluster.drive(cluster.client().start(patient, null))
    const asked = run.result({ timeout: '10 s' })
    await expect(cluster.drive(asked, 60_000)).rejects.toMatchObject({ code: 'TIMED_OUT' })
    await cluster.drive(run.signal(approval, { granted: true }))
    expect(await cluster.drive(run.result(), 120_000)).toBe(true)
  })
})

describe('signals and cancellations', () => {
  test('a signal that comes before the wait is kept', async () => {
    const runtime = await testRuntime({ definitions })
    const run = await runtime.start(patient, null)
    await run.signal(approval, { granted: true })
    expect(run.journal.map(({ type }) => type)).toEqual([
      ...['RunStarted', 'TimerSet', 'SignalReceived'],
    ])
    expect(await run.result()).toBe(true)
  })

  test('a payload that does not match its schema is refused', async () => {
    const limit = signal('limit', z.object({ most: z.number().max(10) }))
    const runtime = await testRuntime({ definitions })
    const run = await runtime.start(patient, null)
    await expect(run.signal(limit, { most: 11 })).rejects.toMatchObject({ code: 'SIGNAL_INVALID' })
  })

  test('a cancelled run rejects with a CancelledError that names the reason', async () => {
    const runtime = await testRuntime({ definitions })
    const run = await runtime.start(patient, null)
    await run.cancel('no longer wanted')
    await expect(run.result()).rejects.toThrow(CancelledError)
    await expect(run.result()).rejects.toThrow('no longer wanted')
  })
})

describe('a log that does not answer', () => {
  test('gets the same message again, and the run starts once', async () => {
    const clock = new VirtualClock()
    const cluster = await TestCluster.create({ clock, definitions })
    await cluster.process()
    const unheard: AppendFate = { appendAfterMs: 1, settleAfterMs: 5, settle: 'fail' }
    const fates = [unheard, unheard]
    const client = cluster.client(() => fates.shift())
    const run = await cluster.drive(client.start(review, { steps: 1 }, { id: 'a' }), 10_000)
    expect(await cluster.drive(run.result(), 10_000)).toBe(1)
    expect(cluster.records('review.inbox')).toHaveLength(3)
    expect(cluster.effects).toHaveLength(1)
  })

  test('is given up after a while, with an error that says what is not known', async () => {
    const clock = new VirtualClock()
    const cluster = await TestCluster.create({ clock, definitions })
    const lost: AppendFate = { appendAfterMs: null, settleAfterMs: 5, settle: 'fail' }
    const client = cluster.client(() => lost)
    const started = client.start(review, { steps: 1 })
    await expect(cluster.drive(started, 60_000)).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' })
  })
})
