/** What passes between bodies and the sink, what the sink writes, and how it is read again. */

import { readFileSync } from 'node:fs'
import { z } from 'zod'
import type { Effect } from '../../runtime/testing/checker/evidence.ts'

const Begun = z.object({
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

export const SinkCall = z.discriminatedUnion('what', [
  z.object({ what: z.literal('begin'), id: z.int(), effect: Begun }),
  z.object({ what: z.literal('end'), id: z.int(), number: z.int(), output: z.string() }),
])
export type SinkCall = z.infer<typeof SinkCall>

/** For how long nothing is answered. */
export const SinkCommand = z.object({ hangMs: z.int() })

const SinkLine = z.discriminatedUnion('what', [
  z.object({
    ...{ what: z.literal('begun'), number: z.int(), times: z.int(), effect: Begun },
  }),
  z.object({ what: z.literal('returned'), number: z.int(), at: z.int(), output: z.string() }),
])
export type SinkLine = z.infer<typeof SinkLine>

/** What bodies have done, from the sink's file. */
export function readSink(file: string): readonly Effect[] {
  const text = readFileSync(file, 'utf8').split('\n')
  const lines = text.filter((line) => line !== '').map((line) => SinkLine.parse(JSON.parse(line)))
  const returned = new Map(
    lines.flatMap((line) => (line.what === 'returned' ? [[line.number, line] as const] : [])),
  )
  return lines.flatMap((line): readonly Effect[] => {
    if (line.what !== 'begun') return []
    const end = returned.get(line.number)
    const ending = { endedAt: end?.at ?? null, output: end?.output ?? null }
    return [{ ...line.effect, ...ending }]
  })
}
