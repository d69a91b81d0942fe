/**
 * Time as one process sees it: a little off, slowed down at times, and stopped while the process is
 * frozen. What falls due meanwhile happens when it thaws; once it is dead nothing happens any more.
 */

import type { Clock } from '../clock.ts'

export interface ProcessClockOptions {
  /** How far it is ahead of everybody else's; default 0. */
  readonly skewMs?: number
  /** How long one turn of the event loop takes; default 0. */
  readonly turnMs?: () => number
}

export class ProcessClock implements Clock {
  readonly #clock: Clock
  readonly #skewMs: number
  readonly #turnMs: () => number
  #state: 'running' | 'frozen' | 'dead' = 'running'
  #held: (() => void)[] = []
  #turn: Promise<void> | null = null

  constructor(clock: Clock, options: ProcessClockOptions = {}) {
    this.#clock = clock
    this.#skewMs = options.skewMs ?? 0
    this.#turnMs = options.turnMs ?? (() => 0)
  }

  now(): number {
    return this.#clock.now() + this.#skewMs
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

  /** As by the real clock, all who yield in the same turn share it. */
  yield(): Promise<void> {
    this.#turn ??= new Promise((resolve) => {
      this.after(this.#turnMs(), () => {
        this.#turn = null
        resolve()
      })
    })
    return this.#turn
  }

  freeze(): void {
    if (this.#state === 'running') this.#state = 'frozen'
  }

  thaw(): void {
    if (this.#state !== 'frozen') return
    this.#state = 'running'
    for (const run of this.#held.splice(0)) {
      this.#clock.after(0, () => {
        this.#pass(run)
      })
    }
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
