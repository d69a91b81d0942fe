import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { signal, TerminalError, workflow } from '../index.ts'
import { testRuntime } from './index.ts'

const approval = signal('approval', z.object({ granted: z.boolean() }))

const inspection = workflow({
  name: 'inspection',
  input: z.string(),
  output: z.object({ name: z.string(), isOld: z.boolean() }),
  run: (ctx, name) => ctx.step('inspect', async () => ({ name, isOld: (await size()) > 0 })),
})

const review = workflow({
  name: 'review',
  input: z.object({ packages: z.array(z.string()) }),
  output: z.object({ verdict: z.string(), facts: z.number() }),
  async run(ctx, { packages }) {
    const facts = await Promise.all(packages.map((name) => ctx.call(inspection, name)))
    await ctx.sleep('1 hour')
    const answer = await ctx.waitFor(approval, { timeout: '7 days' })
    if (answer === undefined) throw new TerminalError('nobody answered', { code: 'NO_ANSWER' })
    await ctx.publish('verdicts', ctx.runId, { granted: answer.granted })
    return { verdict: answer.granted ? 'approved' : 'refused', facts: facts.length }
  },
})

/** A body that takes real time. */
async function size(): Promise<number> {
  return (await readFile(new URL(import.meta.url))).byteLength
}

const definitions = [review, inspection]

test('time stands still until the test moves it', async () => {
  const runtime = await testRuntime({ definitions, topics: ['verdicts'] })
  const run = await runtime.start(review, { packages: ['left-pad'] })
  expect(run.journal.map(({ type }) => type)).toEqual([
    'RunStarted',
    'CallRequested',
    'CallCompleted',
    'TimerSet',
  ])
  await runtime.clock.advance('59 minutes')
  expect(run.journal).toHaveLength(4)
  await runtime.clock.advance('1 minute')
  expect(run.journal.map(({ type }) => type).slice(4)).toEqual(['TimerFired', 'WaitStarted'])
  expect(run.waitsFor).toEqual(["signal 'approval'"])
  await run.signal(approval, { granted: true })
  expect(await run.result()).toEqual({ verdict: 'approved', facts: 1 })
  expect(runtime.published('verdicts')).toEqual([{ granted: true }])
  await runtime.stop()
})

test('awaiting a result lets time pass', async () => {
  const runtime = await testRuntime({ definitions })
  const run = await runtime.start(review, { packages: [] })
  await expect(run.result()).rejects.toThrow('nobody answered')
  expect(run.status).toBe('failed')
  await runtime.stop()
})

test('a run that waits for what no time brings is named with that', async () => {
  const patient = workflow({
    name: 'patient',
    input: z.null(),
    output: z.boolean(),
    run: async (ctx) => (await ctx.waitFor(approval)).granted,
  })
  const runtime = await testRuntime({ definitions: [patient] })
  const run = await runtime.start(patient, null)
  await expect(run.result()).rejects.toThrow("it waits for signal 'approval'")
})

test('a run goes on in another process after a crash', async () => {
  const runtime = await testRuntime({ definitions, topics: ['verdicts'] })
  const run = await runtime.start(review, { packages: ['left-pad', 'right-pad'] })
  await runtime.crash()
  await runtime.clock.advance('1 hour')
  await runtime.crash()
  await run.signal(approval, { granted: false })
  expect(await run.result()).toEqual({ verdict: 'refused', facts: 2 })
  expect(runtime.bodies.map(({ step }) => step)).toEqual(['inspect', 'inspect'])
  await runtime.stop()
})
