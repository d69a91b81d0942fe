/** What passes between bodies and the sink. */

import { z } from 'zod'
import { Begun } from '../workload/effect-lines.ts'

export const SinkCall = z.discriminatedUnion('what', [
  z.object({ what: z.literal('begin'), id: z.int(), effect: Begun }),
  z.object({ what: z.literal('end'), id: z.int(), number: z.int(), output: z.string() }),
])
export type SinkCall = z.infer<typeof SinkCall>

/** For how long nothing is answered. */
export const SinkCommand = z.object({ hangMs: z.int() })
