/** What is summed over the trials of a campaign. */

import { censusNames, type Sum } from '../workload/totals.ts'
import type { FaultKind } from './plan.ts'
import type { TrialReport } from './trial.ts'

type Totals = TrialReport['totals']

/** By what a person calls it. */
const shown = {
  'faults with work in flight': 'inFlight',
  ...censusNames,
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

  sums(): readonly Sum[] {
    const faults = [...this.#faults].map(([kind, count]) => [`fault: ${kind}`, count] as const)
    return [...faults, ...this.#sums]
  }
}
