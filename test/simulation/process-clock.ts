/**
 * Time as one process sees it: a little off, slowed down at times, and stopped while the process is
 * frozen. What falls due meanwhile happens when it thaws.
 */

import type { Clock } from '../../runtime/clock.ts'
import type { VirtualClock } from '../../runtime/testing/virtual-clock.ts'

export interface ProcessClockOptions {
  readonly skewMs: number
  /** How long one turn of the event loop takes. */
  readonly turnMs: () => number
}

export class ProcessClock implements Clock {
  readonly #clock: VirtualClock
  readonly #options: ProcessClockOptions
  #state: 'running' | 'frozen' | 'dead' = 'running'
  #held: (() => void)[] = []
  /** Turns end in the order in which they began. */
  #turnEndsAt = 0

  constructor(clock: VirtualClock, options: ProcessClockOptions) {
    this.#clock = clock
    this.#options = options
  }

  now(): number {
    return this.#clock.now() + this.#options.skewMs
  }

  after(delayMs: number, callback: () => void): () => void {
    let isCancelled = false
    const run = () => {
      if (!isCancelled) callback()
    }
    const cancel = this.#clock.after(delayMs, () => {
      this.#pass(run)
    })
    return () => {
      isCancelled = true
      cancel()
    }
  }

  yield(): Promise<void> {
    const now = this.#clock.now()
    this.#turnEndsAt = Math.max(this.#turnEndsAt, now + this.#options.turnMs())
    return new Promise((resolve) => {
      this.after(this.#turnEndsAt - now, resolve)
    })
  }

  freeze(): void {
    if (this.#state === 'running') this.#state = 'frozen'
  }

  thaw(): void {
    if (this.#state !== 'frozen') return
    this.#state = 'running'
    for (const run of this.#held.splice(0)) this.#clock.after(0, () => this.#pass(run))
  }

  kill(): void {
    this.#state = 'dead'
    this.#held = []
  }

  #pass(run: () => void): void {
    if (this.#state === 'running') run()
    else if (this.#state === 'frozen') this.#held.push(run)
  }
}
