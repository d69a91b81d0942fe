/** How much a finding matters: five words in one order. */

import { z } from 'zod'

/** The severities, from the least to the most severe. */
export const severities = ['info', 'low', 'medium', 'high', 'critical'] as const

export const Severity = z.enum(severities).meta({ id: 'Severity' })
export type Severity = z.infer<typeof Severity>

/** Says whether a severity is as severe as the threshold, or more. */
export function isAtLeast(severity: Severity, threshold: Severity): boolean {
  return severities.indexOf(severity) >= severities.indexOf(threshold)
}
