/** The work that is measured: a run of recorded steps, one after another. */

import { z } from 'zod'
import { workflow } from '../runtime/index.ts'

/** Makes a step's result about 200 bytes of JSON. */
const padding = 'x'.repeat(180)

export const steps = workflow({
  name: 'bench-steps',
  input: z.number().int(),
  output: z.number().int(),
  concurrency: 10_000,
  async run(ctx, count) {
    let sum = 0
    for (let step = 0; step < count; step += 1) {
      const { value } = await ctx.step('step', () => ({ value: 1, padding }))
      sum += value
    }
    return sum
  },
})
