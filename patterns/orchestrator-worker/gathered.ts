/** What a dispatch brings back: the results there are, and a reason for each that is missing. */

import { z } from 'zod'

export const MissingTask = z.object({
  /** Position among the tasks dispatched. */
  index: z.number().int(),
  reason: z.enum(['late', 'failed', 'cancelled']),
  /** Code and message of the task's failure, when it has failed. */
  code: z.string().optional(),
  message: z.string().optional(),
})
export type MissingTask = z.infer<typeof MissingTask>

/** Results in the order of their tasks, without those that are missing. */
export interface Gathered<R> {
  readonly results: R[]
  readonly missing: MissingTask[]
}

export type GatheredSchema<R> = z.ZodType<Gathered<R>, Gathered<R>>

export function gatheredSchema<R>(result: z.ZodType<R, R>): GatheredSchema<R> {
  return z.object({ results: z.array(result), missing: z.array(MissingTask) })
}
