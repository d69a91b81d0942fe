/** What the clients are told, and what they tell. */

import { z } from 'zod'

export const ClientOptions = z.object({
  brokers: z.array(z.string()),
  registryUrl: z.string(),
  proxyPort: z.int(),
  wire: z.int(),
  seed: z.int(),
  plan: z.object({ brokers: z.literal([1, 3]), faults: z.int() }),
})
export type ClientOptions = z.infer<typeof ClientOptions>

export const ClientCommand = z.discriminatedUnion('what', [
  z.object({ what: z.enum(['go', 'look', 'be new', 'finish']) }),
  z.object({ what: z.literal('same start'), times: z.int() }),
])
export type ClientCommand = z.infer<typeof ClientCommand>

export const Ready = z.object({ ready: z.literal(true) })
export const Look = z.object({ open: z.int(), answers: z.int() })
/** What a client that connects anew is refused with when it starts a run. */
export const Refused = z.object({ code: z.string() })
export const Told = z.object({
  open: z.array(z.object({ definition: z.string(), runId: z.string(), askedAt: z.number() })),
  answers: z.array(
    z.object({
      definition: z.string(),
      runId: z.string(),
      status: z.enum(['completed', 'failed', 'cancelled', 'unknown']),
      output: z.string().nullable(),
    }),
  ),
})
