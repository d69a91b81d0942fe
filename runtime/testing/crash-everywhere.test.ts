import { expect, test } from 'vitest'
import { z } from 'zod'
import { CancelledError, signal, TerminalError, workflow } from '../index.ts'
import { crashEverywhere, testRuntime } from './index.ts'

const approval = signal('approval', z.object({ granted: z.boolean(), by: z.string() }))

const inspection = workflow({
  name: 'inspection',
  input: z.string(),
  output: z.number(),
  run: (ctx, name) => ctx.step('inspect', () => name.length),
})

const review = workflow({
  name: 'review',
  input: z.object({ packages: z.array(z.string()) }),
  output: z.object({ verdict: z.string(), facts: z.array(z.number()) }),
  async run(ctx, { packages }) {
    const facts = await Promise.all(packages.map((name) => ctx.call(inspection, name)))
    const answer = await ctx.waitFor(approval, { timeout: '7 days' })
    await ctx.sleep('1 minute')
    await ctx.publish('verdicts', 'x', { granted: answer?.granted })
    return ctx.step('write report', () => ({ verdict: answer?.by ?? 'nobody', facts }))
  },
})

test('a run survives a crash on each side of each of its appends', async () => {
  const crashes: string[] = []
  await crashEverywhere(
    review,
    {
      input: { packages: ['left-pad', 'is-odd'] },
      signals: [[approval, { granted: true, by: 'ada' }]],
      definitions: [inspection],
      topics: ['verdicts'],
    },
    ({ result, effects, crash }) => {
      crashes.push(crash === null ? 'none' : `${crash.when} ${String(crash.append)}`)
      expect(result).toEqual({ verdict: 'ada', facts: [8, 6] })
      expect(effects('write report')).toHaveLength(1)
      expect(effects('inspect')).toHaveLength(2)
    },
  )
  expect(crashes.length).toBeGreaterThan(20)
}, 60_000)

test('a body whose value is not recorded makes the results differ, and the crash is named', async () => {
  let calls = 0
  const careless = workflow({
    name: 'careless',
    input: z.null(),
    output: z.number(),
    run: (ctx) =>
      ctx.step('count', () => {
        calls += 1
        return calls
      }),
  })
  await expect(crashEverywhere(careless, { input: null }, () => undefined)).rejects.toThrow(
    /the process died just before append 0 of \d+: it returned 2, without a crash it returned 1/,
  )
})

test('what an assertion throws names the crash', async () => {
  await expect(
    crashEverywhere(inspection, { input: 'x' }, ({ crash }) => {
      if (crash?.when === 'after') throw new Error('no')
    }),
  ).rejects.toThrow(/just after append 0 of \d+: no/)
})

test('an effect counts once by its key, however often its body ran', async () => {
  const runtime = await testRuntime({ definitions: [inspection] })
  const run = await runtime.start(inspection, 'left-pad', { id: 'a' })
  expect(await run.result()).toBe(8)
  expect(runtime.bodies).toMatchObject([
    { runId: 'a', step: 'inspect', idempotencyKey: 'a/0/inspect', attempt: 1 },
  ])
})

const gate = workflow({
  ...{ name: 'gate', input: z.null(), output: z.string() },
  async run(ctx) {
    try {
      await ctx.step('open', () => null)
      const answer = await ctx.waitFor(approval, { timeout: '7 days' })
      if (answer?.granted === true) return answer.by
      throw new TerminalError(`refused by ${answer?.by ?? 'nobody'}`, { code: 'REFUSED' })
    } catch (error) {
      if (error instanceof CancelledError) await ctx.step('clean up', () => null)
      throw error
    }
  },
})

test('a run that is to fail fails alike wherever the process dies', async () => {
  let runs = 0
  const signals = [[approval, { granted: false, by: 'ada' }]] as const
  await crashEverywhere(gate, { input: null, signals, ends: 'failed' }, (survived) => {
    runs += 1
    expect(survived.error).toMatchObject({ code: 'REFUSED', message: 'refused by ada' })
    expect(() => survived.result).toThrow('refused by ada')
  })
  expect(runs).toBeGreaterThan(8)
})

test('a failure that differs after a crash is found', async () => {
  let runs = 0
  const fickle = workflow({
    ...{ name: 'fickle', input: z.null(), output: z.null() },
    run() {
      runs += 1
      return Promise.reject(new TerminalError(`failed in run ${String(runs)}`))
    },
  })
  await expect(
    crashEverywhere(fickle, { input: null, ends: 'failed' }, () => undefined),
  ).rejects.toThrow(
    /it failed with TERMINAL: failed in run 2, without a crash it failed with TERMINAL: failed in run 1$/,
  )
})

test('a run that ends otherwise than it is to is found', async () => {
  const cancel = { reason: 'too late' }
  await expect(crashEverywhere(gate, { input: null, cancel }, () => undefined)).rejects.toThrow(
    'it is to be completed, and was cancelled with CANCELLED: run run was cancelled: too late',
  )
  await expect(
    crashEverywhere(inspection, { input: 'x', ends: 'failed' }, () => undefined),
  ).rejects.toThrow('it is to be failed, and returned 1')
})

test('a run is cancelled so long after its start, and cleans up wherever the process dies', async () => {
  const crashes = new Set<string>()
  await crashEverywhere(
    gate,
    { input: null, cancel: { after: '1 hour' }, ends: 'cancelled' },
    ({ error, effects, crash }) => {
      expect(error).toMatchObject({ code: 'CANCELLED' })
      expect(effects('open')).toHaveLength(1)
      expect(effects('clean up')).toHaveLength(1)
      if (crash !== null) crashes.add(`${crash.when} ${String(crash.append)}`)
    },
  )
  expect(crashes.size).toBeGreaterThan(8)
})

test('a signal comes so long after the start', async () => {
  const patient = workflow({
    ...{
      name: 'patient',
      input: z.null(),
      output: z.object({ early: z.boolean(), by: z.string() }),
    },
    async run(ctx) {
      const early = await ctx.waitFor(approval, { timeout: '1 hour' })
      const { by } = await ctx.waitFor(approval)
      return { early: early !== undefined, by }
    },
  })
  const answer = { granted: true, by: 'ada' }
  const after = (time: string) => [[approval, answer, { after: time }]] as const
  let runs = 0
  await crashEverywhere(patient, { input: null, signals: after('2 hours') }, ({ result }) => {
    runs += 1
    expect(result).toEqual({ early: false, by: 'ada' })
  })
  expect(runs).toBeGreaterThan(10)
  const both = [...after('1 minute'), ...after('2 minutes')]
  await crashEverywhere(patient, { input: null, signals: both }, ({ result }) => {
    expect(result).toEqual({ early: true, by: 'ada' })
  })
})

test('a signal that cannot be sent is named', async () => {
  const signals = [[approval, { granted: 'yes' }, { after: '1 hour' }]] as const
  await expect(
    crashEverywhere(gate, { input: null, signals }, () => undefined),
  ).rejects.toMatchObject({ code: 'SIGNAL_INVALID' })
})

test('a process that has fewer appends than without a crash is left alone while it stops', async () => {
  let isFirst = true
  const busy = workflow({
    ...{ name: 'busy', input: z.null(), output: z.null() },
    async run(ctx) {
      const steps = isFirst ? 6 : 1
      isFirst = false
      for (let step = 0; step < steps; step += 1) await ctx.step('read', () => step)
      return null
    },
  })
  const crashes: unknown[] = []
  await crashEverywhere(busy, { input: null }, ({ crash }) => {
    crashes.push(crash)
  })
  expect(crashes.filter((crash) => crash !== null).length).toBeGreaterThan(6)
  // The clean run, and the crashes that there was no append for.
  expect(crashes.filter((crash) => crash === null).length).toBeGreaterThan(6)
})
