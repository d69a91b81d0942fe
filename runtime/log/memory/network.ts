/**
 * One connection's way to the cluster. What passes it takes its latency; once the connection is
 * dead nothing passes any more, so that its promises never settle; while it is cut everything waits.
 */

import type { Clock } from '../../clock.ts'

export class Network {
  readonly #clock: Clock
  readonly #latencyMs: () => number
  #state: 'up' | 'cut' | 'dead' = 'up'
  #held: (() => void)[] = []

  constructor(clock: Clock, latencyMs: () => number) {
    this.#clock = clock
    this.#latencyMs = latencyMs
  }

  /** Acts after a delay, by default the latency; a delay of 0 is a microtask. */
  pass(act: () => void, delayMs: number = this.#latencyMs()): void {
    later(this.#clock, delayMs, () => {
      if (this.#state === 'up') act()
      else if (this.#state === 'cut') this.#held.push(act)
    })
  }

  /** Acts at the cluster and settles with what came of it. */
  request<T>(act: () => T, delayMs?: number): Promise<T> {
    return new Promise((resolve) => {
      this.pass(() => resolve(new Promise((settle) => settle(act()))), delayMs)
    })
  }

  kill(): void {
    this.#state = 'dead'
    this.#held = []
  }

  cut(): void {
    if (this.#state === 'up') this.#state = 'cut'
  }

  heal(): void {
    if (this.#state !== 'cut') return
    this.#state = 'up'
    for (const act of this.#held.splice(0)) act()
  }
}

/** Acts after a delay of the clock, or in a microtask when there is none. */
export function later(clock: Clock, delayMs: number, act: () => void): void {
  if (delayMs > 0) clock.after(delayMs, act)
  else queueMicrotask(act)
}
