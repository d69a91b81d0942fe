/**
 * A durable workflow: a call, a step that is tried again, a signal with a time-out, a sleep. Whatever
 * dies on the way, the run goes on where its journal ends.
 */

import { z } from 'zod'
// In a project of your own: from 'stoa'.
import {
  connect,
  RetryableError,
  serve,
  signal,
  TerminalError,
  workflow,
} from '../runtime/index.ts'

const Candidate = z.object({ package: z.string(), version: z.string() })
const Advisories = z.object({ advisories: z.array(z.string()) })

export const approval = signal('approval', z.object({ granted: z.boolean(), by: z.string() }))

export const audit = workflow({
  name: 'example-audit',
  input: Candidate,
  output: Advisories,
  run: (ctx, candidate) =>
    ctx.step(
      'look up advisories',
      (step) => {
        // The first attempt stands for a database that is busy.
        if (step.attempt === 1) throw new RetryableError('the database is busy', { after: '1 s' })
        return { advisories: candidate.version.includes('-') ? ['EX-1: a pre-release'] : [] }
      },
      { retry: { attempts: 5, firstDelay: '200 ms' }, timeout: '30 seconds' },
    ),
})

export const upgrade = workflow({
  name: 'example-upgrade',
  input: Candidate,
  output: z.object({ merged: z.string(), approvedBy: z.string().nullable() }),
  signals: [approval],
  async run(ctx, candidate) {
    const { advisories } = await ctx.call(audit, candidate)
    let approvedBy: string | null = null
    if (advisories.length > 0) {
      const answer = await ctx.waitFor(approval, { timeout: '2 days' })
      if (answer === undefined) {
        throw new TerminalError('nobody answered within two days', { code: 'NOT_ANSWERED' })
      }
      if (!answer.granted) {
        throw new TerminalError(`${answer.by} refused the upgrade`, { code: 'REFUSED' })
      }
      approvedBy = answer.by
    }
    await ctx.sleep('5 seconds')
    // The key is the same in every attempt and after every crash: the other side merges once.
    const merged = await ctx.step('merge', (step) => `merged under ${step.idempotencyKey}`)
    return { merged, approvedBy }
  },
})

export const definitions = [upgrade, audit]

if (process.argv[1] === import.meta.filename) {
  await serve(...definitions)
  const stoa = await connect()
  const run = await stoa.start(upgrade, { package: 'left-pad', version: '2.0.0-rc.1' })
  await run.signal(approval, { granted: true, by: 'ada' })
  console.log(await run.result({ timeout: '1 minute' }))
  await stoa.close()
  process.kill(process.pid, 'SIGTERM')
}
