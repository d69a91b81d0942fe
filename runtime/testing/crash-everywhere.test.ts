import { expect, test } from 'vitest'
import { z } from 'zod'
import { signal, workflow } from '../index.ts'
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
    /the process died just before append 0 of \d+: the result is 2, without a crash it is 1/,
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
