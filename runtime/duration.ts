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

/** Reads a duration as whole milliseconds, as journals hold them. @throws UsageError DURATION_INVALID */
export function parseDuration(duration: Duration): number {
  if (typeof duration === 'number') {
    if (Number.isFinite(duration) && duration >= 0) return Math.round(duration)
  } else {
    const match = /^\s*(\d+(?:\.\d+)?)\s*([a-z]+)\s*$/i.exec(duration)
    const word = match?.[2]?.toLowerCase() ?? ''
    const unit = unitMs[word] ?? unitMs[word.replace(/s$/, '')]
    if (match !== null && unit !== undefined) return Math.round(Number(match[1]) * unit)
  }
  throw new UsageError(
    `'${String(duration)}' is not a duration: write a number and a unit such as '30 seconds', '5 minutes' or '7 days'`,
    { code: 'DURATION_INVALID' },
  )
}
