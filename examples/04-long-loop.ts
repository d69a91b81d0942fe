/**
 * A loop without an end: every so often the run continues as new, with the same id and a new input,
 * and sheds what it has recorded. Signals that nobody has taken stay.
 */

import { setTimeout } from 'node:timers/promises'
import { z } from 'zod'
// In a project of your own: from 'stoa'.
import { connect, serve, signal, workflow } from '../runtime/index.ts'

export const stop = signal('stop', z.object({ by: z.string() }))

const checksPerGeneration = 3

export const watch = workflow({
  name: 'example-watch',
  input: z.object({ package: z.string(), every: z.string(), checks: z.number().default(0) }),
  output: z.object({ checks: z.number(), stoppedBy: z.string() }),
  signals: [stop],
  async run(ctx, { package: name, every, checks: before }) {
    for (let check = before + 1; check <= before + checksPerGeneration; check += 1) {
      await ctx.step('check', () => `${name} was looked at ${String(check)} times`)
      const stopped = await ctx.waitFor(stop, { timeout: every })
      if (stopped !== undefined) return { checks: check, stoppedBy: stopped.by }
    }
    return ctx.continueAsNew({ package: name, every, checks: before + checksPerGeneration })
  },
})

export const definitions = [watch]

if (process.argv[1] === import.meta.filename) {
  await serve(...definitions)
  const stoa = await connect()
  const run = await stoa.start(watch, { package: 'zod', every: '200 ms' })
  await setTimeout(2_000)
  await run.signal(stop, { by: 'ada' })
  console.log(await run.result({ timeout: '1 minute' }))
  await stoa.close()
  process.kill(process.pid, 'SIGTERM')
}
