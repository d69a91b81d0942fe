/** Time and randomness as the runtime sees them, so that tests and simulation can replace both. */

import { randomUUID } from 'node:crypto'

/** `setTimeout` fires at once past this many milliseconds. */
export const longestTimeoutMs = 2 ** 31 - 1

export interface Clock {
  /** Epoch milliseconds. */
  now(): number
  /** Calls back once after a delay, clamped to what a timer can hold; returns its cancellation. */
  after(delayMs: number, callback: () => void): () => void
  /** Resolves after every microtask now queued has run. */
  yield(): Promise<void>
}

export interface Randomness {
  /** At least 0, below 1. */
  number(): number
  uuid(): string
}

export const systemClock: Clock = createSystemClock()

/** All who yield in the same turn of the event loop share one callback: thousands of runs do. */
function createSystemClock(): Clock {
  let turn: Promise<void> | null = null
  return {
    now: () => Date.now(),
    after(delayMs, callback) {
      const timer = setTimeout(callback, Math.min(Math.max(delayMs, 0), longestTimeoutMs))
      return () => {
        clearTimeout(timer)
      }
    },
    yield() {
      turn ??= new Promise((resolve) => {
        setImmediate(() => {
          turn = null
          resolve()
        })
      })
      return turn
    },
  }
}

export const systemRandomness: Randomness = {
  number: () => Math.random(),
  uuid: () => randomUUID(),
}
