/** Runs whose steps take as long as their input says. */

import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { workflow } from '../../runtime/index.ts'

/** Each step returns the process in which its body ran to the end. */
export const stopping = workflow({
  name: 'stopping',
  input: z.array(z.number()),
  output: z.array(z.number()),
  async run(ctx, durations) {
    const pids: number[] = []
    for (const [index, duration] of durations.entries()) {
      const body = async () => {
        process.stderr.write(`step ${String(index)} begins\n`)
        await sleep(duration)
        return process.pid
      }
      pids.push(await ctx.step('wait', body))
    }
    return pids
  },
})
