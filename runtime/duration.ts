/** Durations as people write them: '10 minutes', '1.5 s', or a number of milliseconds. */

import { UsageError } from './errors.ts'

export type Duration = number | string

const unitMs: Readonly<Record<string, number>> = {
  ms: 1,
  millisecond: 1,
  s: 1_000,
  second: 1_000,
  m: 60_000,
  min: 60_000,
  minute: 60_000,
  h: 3_600_000,
  hour: 3_600_000,
  d: 86_400_000,
  day: 86_400_000,
  w: 604_800_000,
  week: 604_800_000,
}

/** A thousand years: what is due after it still has a time that a journal can hold. */
const longestMs = 1_000 * 365.25 * 86_400_000

/** Reads a duration as whole milliseconds, as journals hold them. @throws UsageError DURATION_INVALID */
export function parseDuration(duration: Duration): number {
  if (typeof duration === 'number') {
    if (duration >= 0 && duration <= longestMs) return Math.round(duration)
  } else {
    const match = /^\s*(\d+(?:\.\d+)?)\s*([a-z]+)\s*$/i.exec(duration)
    const word = match?.[2]?.toLowerCase() ?? ''
    const unit = unitMs[word] ?? unitMs[word.replace(/s$/, '')]
    const milliseconds = Number(match?.[1]) * (unit ?? NaN)
    if (milliseconds <= longestMs) return Math.round(milliseconds)
  }
  throw new UsageError(
    `'${String(duration)}' is not a duration: write a number and a unit such as '30 seconds', '5 minutes' or '7 days', of a thousand years at most`,
    { code: 'DURATION_INVALID' },
  )
}
