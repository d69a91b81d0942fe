/** The world outside the processes: what bodies do to it outlives every crash. */

import type { Claim, Effect } from '../../runtime/testing/checker/evidence.ts'

export interface OpenEffect extends Effect {
  /** Its place among all effects. */
  readonly number: number
  endedAt: number | null
  output: string | null
}

export class World {
  readonly effects: OpenEffect[] = []
  readonly #runs = new Map<string, number>()

  begin(
    effect: Omit<Effect, 'endedAt' | 'output'> & { readonly saw: readonly Claim[] },
  ): OpenEffect {
    const open: OpenEffect = { ...effect, number: this.effects.length, endedAt: null, output: null }
    this.effects.push(open)
    this.#runs.set(effect.idempotencyKey, this.timesRun(effect.idempotencyKey) + 1)
    return open
  }

  /** How many bodies have begun under a key. */
  timesRun(key: string): number {
    return this.#runs.get(key) ?? 0
  }
}
