/**
 * Trying again for as long as it takes: there is no pause before the first try, and each later one
 * is about twice the last, up to a limit.
 */

import type { Clock, Randomness } from '../clock.ts'

export class Backoff {
  readonly #clock: Clock
  readonly #randomness: Randomness
  readonly #longestMs: number
  readonly #firstMs: number
  #nextMs = 0

  constructor(
    { clock, randomness }: { readonly clock: Clock; readonly randomness: Randomness },
    firstMs: number,
    longestMs: number,
  ) {
    this.#clock = clock
    this.#randomness = randomness
    this.#firstMs = firstMs
    this.#longestMs = longestMs
  }

  /** The next try is a first one again. */
  reset(): void {
    this.#nextMs = 0
  }

  /**
   * Waits before a try: half to one and a half times what is due, so that those who failed together
   * do not come back together.
   */
  async beforeTry(): Promise<void> {
    const dueMs = this.#nextMs
    this.#nextMs = dueMs === 0 ? this.#firstMs : Math.min(2 * dueMs, this.#longestMs)
    if (dueMs === 0) return
    const ms = dueMs * (0.5 + this.#randomness.number())
    await new Promise<void>((resolve) => {
      this.#clock.after(ms, resolve)
    })
  }
}
