/** Sums over a campaign, and what of them must not be zero for it to have proved anything. */

import type { SeedReport } from './simulation.ts'

export type Totals = SeedReport['totals']

/** By what a person calls it. */
const shown = {
  'runs started': 'runs',
  'runs completed': 'completed',
  'runs failed': 'failed',
  'runs cancelled': 'cancelled',
  'runs continued as new': 'continued',
  'runs parked': 'parked',
  'runs resumed': 'resumed',
  'ids run again after their window': 'reincarnations',
  entries: 'entries',
  crashes: 'crashes',
  'crashes within an append': 'crashesInAppends',
  zombies: 'zombies',
  'graceful stops': 'stops',
  'connections cut': 'cuts',
  rebalances: 'rebalances',
  fences: 'fences',
  'zombie entries ignored': 'ignoredEntries',
  'appends that failed': 'failures',
  'appends that landed late or twice': 'lateLandings',
  'copies of old requests': 'echoes',
  'duplicates dropped': 'duplicatesDropped',
  'bodies executed again': 'reexecutions',
  checkpoints: 'checkpoints',
  'journals trimmed': 'trims',
  'timers fired': 'timersFired',
  signals: 'signals',
  calls: 'calls',
  'records published': 'published',
  'dead letters': 'deadLetters',
  'questions refused': 'refusals',
} as const satisfies Readonly<Record<string, keyof Totals>>

export function addTotals(sum: Totals | undefined, more: Totals): Totals {
  if (sum === undefined) return more
  const added: Record<keyof Totals, number> = { ...more }
  for (const field of Object.values(shown)) added[field] = sum[field] + more[field]
  return added
}

/** One line each, in columns. */
export function totalsText(totals: Totals): string {
  return Object.entries(shown)
    .map(([name, field]) => `${String(totals[field]).padStart(10)}  ${name}`)
    .join('\n')
}

/** Names of what never happened. */
export function vacuous(totals: Totals): readonly string[] {
  return Object.entries(shown).flatMap(([name, field]) => (totals[field] === 0 ? [name] : []))
}
