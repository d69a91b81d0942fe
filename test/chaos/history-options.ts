/** What the writer of the history is told, and what it tells. */

import { z } from 'zod'

export const historyTopic = 'history'

export const HistoryOptions = z.object({
  brokers: z.array(z.string()),
  proxyPort: z.int(),
  wire: z.int(),
  partitions: z.int(),
  sessionTimeoutMs: z.int(),
})
export type HistoryOptions = z.infer<typeof HistoryOptions>

/** Offsets are decimal text. */
const Seen = z.object({ partition: z.int(), offset: z.string(), value: z.string() })
export type Seen = z.infer<typeof Seen>

export const History = z.object({
  /** Of the values of one append the first has the base offset; null when it was not acknowledged. */
  appends: z.array(
    z.object({ partition: z.int(), values: z.array(z.string()), base: z.string().nullable() }),
  ),
  /** In the order in which they came. */
  followed: z.array(Seen),
  owned: z.array(Seen),
})
export type History = z.infer<typeof History>
