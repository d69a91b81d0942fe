/** Sums over a campaign, and what of them must not be zero for it to have proved anything. */

import type { FaultKind } from './plan.ts'
import type { TrialReport } from './trial.ts'

type Totals = TrialReport['totals']

/** By what a person calls it. */
const shown = {
  'faults with work in flight': 'inFlight',
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
  'answers to clients': 'answers',
  'history: appends acknowledged': 'historyAcknowledged',
  'history: appends of unknown outcome': 'historyUnknown',
  'history: records': 'historyRecords',
} as const satisfies Readonly<Record<string, keyof Totals>>

export class CampaignTotals {
  readonly #sums = new Map<string, number>(Object.keys(shown).map((name) => [name, 0]))
  readonly #faults: Map<FaultKind, number>

  /** @param kinds that are to happen */
  constructor(kinds: readonly FaultKind[]) {
    this.#faults = new Map(kinds.map((kind) => [kind, 0]))
  }

  /** Faults so far. */
  get faults(): number {
    return [...this.#faults.values()].reduce((sum, count) => sum + count, 0)
  }

  add({ totals, faults }: TrialReport): void {
    for (const [name, field] of Object.entries(shown)) {
      this.#sums.set(name, (this.#sums.get(name) ?? 0) + totals[field])
    }
    for (const [kind, count] of faults) {
      this.#faults.set(kind, (this.#faults.get(kind) ?? 0) + count)
    }
  }

  /** One line each, in columns. */
  text(): string {
    return [...this.#all()]
      .map(([name, count]) => `${String(count).padStart(10)}  ${name}`)
      .join('\n')
  }

  /** Names of what never happened. */
  vacuous(): readonly string[] {
    return this.#all().flatMap(([name, count]) => (count === 0 ? [name] : []))
  }

  #all(): readonly (readonly [string, number])[] {
    const faults = [...this.#faults].map(([kind, count]) => [`fault: ${kind}`, count] as const)
    return [...faults, ...this.#sums]
  }
}
