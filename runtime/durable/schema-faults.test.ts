/** What a schema finds reaches people as lines to read, wherever it is checked. */

import { expect, test } from 'vitest'
import { z } from 'zod'
import { silentLogger } from '../logger.ts'
import { testRuntime } from '../testing/index.ts'
import { contract, signal, workflow } from './definition.ts'

const limit = signal('limit', z.object({ most: z.number().max(10) }))
const loose = signal('limit', z.object({ most: z.number() }))

const strict = workflow({
  ...{ name: 'strict', input: z.object({ steps: z.number().max(3) }), output: z.number().max(3) },
  signals: [limit],
  run: async (ctx, { steps }) => (steps === 0 ? (await ctx.waitFor(limit)).most : 9),
})
/** The same as an older service knows it. */
const lax = contract({ name: 'strict', input: z.object({ steps: z.number() }), output: z.any() })

const caller = workflow({
  ...{ name: 'caller', input: z.null(), output: z.any() },
  run: (ctx) => ctx.call(strict, { steps: 4 }),
})
const listener = workflow({
  ...{ name: 'listener', input: z.null(), output: z.any() },
  run: (ctx) => ctx.waitFor(limit),
})

function tooBig(most: number, path = ''): unknown {
  const at = path === '' ? '' : `\n {2}→ at ${path}`
  return expect.stringMatching(`: ✖ Too big: expected number to be <=${String(most)}${at}$`)
}

const serving = () => testRuntime({ definitions: [strict, caller, listener] })

test('an input that the service does not take', async () => {
  const runtime = await serving()
  const run = await runtime.start(lax, { steps: 4 })
  await expect(run.result()).rejects.toMatchObject({
    ...{ code: 'INPUT_INVALID', message: tooBig(3, 'steps') },
  })
  await runtime.stop()
})

test('an input that a called definition does not take', async () => {
  const runtime = await serving()
  const run = await runtime.start(caller, null)
  await expect(run.result()).rejects.toMatchObject({
    ...{ code: 'INPUT_INVALID', message: tooBig(3, 'steps') },
  })
  await runtime.stop()
})

test('an output that the definition does not allow', async () => {
  const runtime = await serving()
  const run = await runtime.start(strict, { steps: 1 })
  expect(run.journal.at(-1)).toMatchObject({
    type: 'RunParked',
    error: { code: 'OUTPUT_INVALID', message: tooBig(3) },
  })
  await runtime.stop()
})

test('a signal that a wait does not take', async () => {
  const runtime = await serving()
  const run = await runtime.start(listener, null)
  await run.signal(loose, { most: 11 })
  await expect(run.result()).rejects.toMatchObject({
    ...{ code: 'SIGNAL_INVALID', message: tooBig(10, 'most') },
  })
  await runtime.stop()
})

test('a signal that the definition does not take', async () => {
  const warnings: unknown[] = []
  const logger = { ...silentLogger, warn: (fields: object) => warnings.push(fields) }
  const runtime = await testRuntime({
    ...{ definitions: [strict], logger: { ...logger, child: () => logger } },
  })
  const run = await runtime.start(strict, { steps: 0 })
  await run.signal(loose, { most: 11 })
  expect(warnings).toMatchObject([{ code: 'SIGNAL_INVALID', cause: tooBig(10, 'most') }])
  await runtime.stop()
})
