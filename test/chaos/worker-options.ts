/** What a worker is told when it starts, and while it runs. */

import { z } from 'zod'
import { sabotages } from '../../runtime/durable/sabotage.ts'

/** Where a worker can be told to die: just before or after it decides, sends or commits. */
export const points = [
  'before decide',
  'after decide',
  'before send',
  'after send',
  'before commit',
  'after commit',
  'after a body',
] as const

export type Point = (typeof points)[number]

export const WorkerOptions = z.object({
  brokers: z.array(z.string()),
  registryUrl: z.string(),
  proxyPort: z.int(),
  wire: z.int(),
  sinkPort: z.int(),
  definitions: z.array(z.string()),
  concurrency: z.int(),
  instanceId: z.string().optional(),
  sabotage: z.enum(sabotages).optional(),
  settings: z.object({
    sessionTimeoutMs: z.int(),
    coldAfterMs: z.int(),
    checkpointBytes: z.int(),
    positionDelayMs: z.int(),
  }),
})
export type WorkerOptions = z.infer<typeof WorkerOptions>

export const WorkerCommand = z.discriminatedUnion('what', [
  z.object({ what: z.literal('die at'), point: z.enum(points), times: z.int() }),
  z.object({ what: z.literal('shift clock'), ms: z.int() }),
])
export type WorkerCommand = z.infer<typeof WorkerCommand>
