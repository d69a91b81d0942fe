/** A failed seed for a person: what is wrong, and how to see it again. */

import type { Violation } from '../../runtime/testing/checker/violation.ts'

const most = 10

export function violationsText({
  seed,
  violations,
}: {
  readonly seed: number
  readonly violations: readonly Violation[]
}): string {
  const lines = violations.slice(0, most).map(({ rule, message }) => `  ${rule}  ${message}`)
  if (violations.length > most) lines.push(`  and ${String(violations.length - most)} more`)
  return [`seed ${String(seed)}:`, ...lines, `  npm run simulate -- --seed ${String(seed)}`].join(
    '\n',
  )
}
