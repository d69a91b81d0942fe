/**
 * A saga: before each step that changes the world it is noted how to undo it. When the run fails or
 * is cancelled, what it awaits rejects once, and the steps of the clean-up run like any others.
 */

import { setTimeout } from 'node:timers/promises'
import { z } from 'zod'
// In a project of your own: from 'stoa'.
import {
  CancelledError,
  connect,
  serve,
  signal,
  TerminalError,
  workflow,
} from '../runtime/index.ts'

export const checks = signal('checks', z.object({ passed: z.boolean() }))

export const release = workflow({
  name: 'example-release',
  input: z.object({ package: z.string(), version: z.string() }),
  output: z.object({ announced: z.string() }),
  signals: [checks],
  async run(ctx, { package: name, version }) {
    const undo: (() => Promise<string>)[] = []
    try {
      // Noted first: a step that is cancelled under way may have had its effect.
      undo.unshift(() => ctx.step('delete tag', () => `v${version} deleted, if it was there`))
      await ctx.step('create tag', () => `v${version}`)

      undo.unshift(() => ctx.step('deprecate', () => `${name}@${version} deprecated, if it is out`))
      await ctx.step('publish', () => `${name}@${version}`)

      const { passed } = await ctx.waitFor(checks)
      if (!passed) throw new TerminalError('the checks failed', { code: 'CHECKS_FAILED' })
      return { announced: await ctx.step('announce', () => `${name}@${version} is out`) }
    } catch (error) {
      for (const compensate of undo) await compensate()
      // Rethrown, a cancellation ends the run as cancelled and any other error as failed.
      throw error
    }
  },
})

export const definitions = [release]

if (process.argv[1] === import.meta.filename) {
  await serve(...definitions)
  const stoa = await connect()
  const run = await stoa.start(release, { package: 'left-pad', version: '2.0.0' })
  await setTimeout(1_000)
  await run.cancel('the release was called off')
  try {
    await run.result({ timeout: '1 minute' })
  } catch (error) {
    if (!(error instanceof CancelledError)) throw error
    console.log(error.message)
  }
  await stoa.close()
  process.kill(process.pid, 'SIGTERM')
}
