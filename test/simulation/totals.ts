/** What is summed over the seeds of a campaign. */

import { censusNames, type Sum } from '../workload/totals.ts'
import type { SeedReport } from './simulation.ts'

export type Totals = SeedReport['totals']

/** By what a person calls it. */
const shown = {
  ...censusNames,
  'ids run again after their window': 'reincarnations',
  crashes: 'crashes',
  'crashes within an append': 'crashesInAppends',
  zombies: 'zombies',
  'graceful stops': 'stops',
  'connections cut': 'cuts',
  rebalances: 'rebalances',
  'appends that failed': 'failures',
  'appends that landed late or twice': 'lateLandings',
  'copies of old requests': 'echoes',
  'journals trimmed': 'trims',
  'questions refused': 'refusals',
} as const satisfies Readonly<Record<string, keyof Totals>>

export function addTotals(sum: Totals | undefined, more: Totals): Totals {
  if (sum === undefined) return more
  const added: Record<keyof Totals, number> = { ...more }
  for (const field of Object.values(shown)) added[field] = sum[field] + more[field]
  return added
}

export function sumsOf(totals: Totals): readonly Sum[] {
  return Object.entries(shown).map(([name, field]) => [name, totals[field]])
}
