/** What a worker is told when it starts, and what it answers. */

import { z } from 'zod'

export const WorkerOptions = z.object({
  /** Names of what it serves. */
  definitions: z.array(z.string()),
  /** When a suspended run gives up its function; null for what a service does by default. */
  coldAfterMs: z.number().nullable(),
})
export type WorkerOptions = z.infer<typeof WorkerOptions>

export const Question = z.object({ collectsGarbage: z.boolean() })
export type Question = z.infer<typeof Question>

export const Usage = z.object({
  /** JavaScript's heap and the buffers outside it. */
  memoryBytes: z.number(),
  rssBytes: z.number(),
  /** Of the processors, by the whole process since it began. */
  cpuMs: z.number(),
})
export type Usage = z.infer<typeof Usage>
