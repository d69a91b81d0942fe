/** What one run or one sender does wrong must not stop the process that serves it. */

import { expect, test } from 'vitest'
import { z } from 'zod'
import { RetryableError, TerminalError } from '../errors.ts'
import { testRuntime } from '../testing/index.ts'
import type { Context } from './context.ts'
import { contract, workflow } from './definition.ts'

const healthy = workflow({
  ...{ name: 'healthy', input: z.null(), output: z.string() },
  run: () => Promise.resolve('well'),
})

async function outlives(
  code: (ctx: Context) => Promise<unknown>,
  input: z.ZodType = z.unknown(),
): Promise<void> {
  const poison = workflow({ name: 'poison', input, output: z.unknown(), run: code })
  const runtime = await testRuntime({ definitions: [poison, healthy], partitions: 1 })
  await runtime.start(contract({ ...poison, input: z.unknown() }), 1)
  await runtime.clock.advance('10 minutes')
  const run = await runtime.start(healthy, null)
  expect(await run.result()).toBe('well')
  await runtime.stop()
}

test('a sleep of a third of a millisecond', async () => {
  await outlives((ctx) => ctx.sleep(100 / 3))
})

test('an error with a message larger than any record', async () => {
  await outlives((ctx) =>
    ctx.step('loud', () => {
      throw new TerminalError('x'.repeat(9_000_000), { details: 'x'.repeat(9_000_000) })
    }),
  )
})

test('a retry after what is no duration', async () => {
  await outlives((ctx) =>
    ctx.step('confused', async () => {
      await Promise.resolve()
      throw new RetryableError('later', { after: 'soon' })
    }),
  )
})

test('an input whose schema throws', async () => {
  const throwing = z.unknown().transform(() => {
    throw new Error('not today')
  })
  await outlives(() => Promise.resolve(null), throwing)
})

test('a sleep past the end of time', async () => {
  await outlives((ctx) => ctx.sleep(1e17))
})

test('a key that is no text, which no journal can hold', async () => {
  const numbered = { key: 5 as unknown as string }
  await outlives(async (ctx) => {
    await ctx.step('before', () => 1)
    await ctx.publish('anywhere', numbered.key, 1)
  })
})
