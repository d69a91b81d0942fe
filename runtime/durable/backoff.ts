/** Trying again for as long as it takes: each pause is about twice the last one, up to a limit. */

import type { Clock, Randomness } from '../clock.ts'

export class Backoff {
  readonly #clock: Clock
  readonly #randomness: Randomness
  readonly #longestMs: number
  #nextMs: number

  constructor(
    { clock, randomness }: { readonly clock: Clock; readonly randomness: Randomness },
    firstMs: number,
    longestMs: number,
  ) {
    this.#clock = clock
    this.#randomness = randomness
    this.#nextMs = firstMs
    this.#longestMs = longestMs
  }

  /** Half to one and a half times what is due, so that those who failed together do not come back together. */
  pause(): Promise<void> {
    const ms = this.#nextMs * (0.5 + this.#randomness.number())
    this.#nextMs = Math.min(2 * this.#nextMs, this.#longestMs)
    return new Promise((resolve) => {
      this.#clock.after(ms, resolve)
    })
  }
}
