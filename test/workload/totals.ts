/** Sums over a campaign by what a person calls them, and what of them must not be zero. */

import type { Census } from '../../runtime/testing/checker/census.ts'

/** What the checker counts in every log. */
export const censusNames = {
  'runs started': 'runs',
  'runs completed': 'completed',
  'runs failed': 'failed',
  'runs cancelled': 'cancelled',
  'runs continued as new': 'continued',
  'runs parked': 'parked',
  'runs resumed': 'resumed',
  entries: 'entries',
  fences: 'fences',
  'zombie entries ignored': 'ignoredEntries',
  'duplicates dropped': 'duplicatesDropped',
  'bodies executed again': 'reexecutions',
  checkpoints: 'checkpoints',
  'timers fired': 'timersFired',
  signals: 'signals',
  calls: 'calls',
  'records published': 'published',
  'dead letters': 'deadLetters',
} as const satisfies Readonly<Record<string, keyof Census>>

export type Sum = readonly [name: string, count: number]

/** One line each, in columns. */
export function sumsText(sums: readonly Sum[]): string {
  return sums.map(([name, count]) => `${String(count).padStart(10)}  ${name}`).join('\n')
}

/** Names of what never happened: a campaign that lacks it has proved nothing of it. */
export function neverHappened(sums: readonly Sum[]): readonly string[] {
  return sums.flatMap(([name, count]) => (count === 0 ? [name] : []))
}
