/** Bodies as they are written down, a line when one begins and one when it has returned. */

import { z } from 'zod'
import type { Effect } from '../../runtime/testing/checker/evidence.ts'

export const Begun = z.object({
  definition: z.string(),
  runId: z.string(),
  step: z.string(),
  idempotencyKey: z.string(),
  attempt: z.int(),
  incarnation: z.string(),
  /** By the machine's clock, and by that of the process. */
  begunAt: z.int(),
  begunAtOwn: z.int(),
  saw: z.array(z.object({ idempotencyKey: z.string(), output: z.string() })),
})

const EffectLine = z.discriminatedUnion('what', [
  z.object({ what: z.literal('begun'), number: z.int(), effect: Begun }),
  z.object({ what: z.literal('returned'), number: z.int(), at: z.int(), output: z.string() }),
])
export type EffectLine = z.infer<typeof EffectLine>

/** @param text of one file, in which numbers are those of one writer */
export function readEffectLines(text: string): readonly Effect[] {
  const written = text.split('\n').filter((line) => line !== '')
  const lines = written.map((line) => EffectLine.parse(JSON.parse(line)))
  const returned = new Map(
    lines.flatMap((line) => (line.what === 'returned' ? [[line.number, line] as const] : [])),
  )
  return lines.flatMap((line): readonly Effect[] => {
    if (line.what !== 'begun') return []
    const end = returned.get(line.number)
    return [{ ...line.effect, endedAt: end?.at ?? null, output: end?.output ?? null }]
  })
}
