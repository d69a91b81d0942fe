/**
 * Time that passes only when it is told to.
 *
 * 1. Events happen one at a time, by due time and then in the order in which they were asked for.
 * 2. Between two events every microtask has run, so that the same calls give the same history.
 * 3. `now` is a whole number of milliseconds and never goes back.
 * 4. While something of the real world is held, such as a file being read, no time passes.
 */

import type { Clock } from '../clock.ts'
import { parseDuration, type Duration } from '../duration.ts'

interface Event {
  readonly at: number
  readonly order: number
  /** Null once it has been cancelled. */
  callback: (() => void) | null
}

/** How long, by the real clock, time stands still for what is held. */
const patienceMs = 10_000

/** 2026-01-01T00:00:00Z */
export const virtualStart = 1_767_225_600_000

export class VirtualClock implements Clock {
  #now: number
  #asked = 0
  readonly #heap: Event[] = []
  readonly #holds = new Set<Promise<unknown>>()

  constructor(start: number = virtualStart) {
    this.#now = start
  }

  now(): number {
    return this.#now
  }

  after(delayMs: number, callback: () => void): () => void {
    this.#asked += 1
    const at = this.#now + Math.ceil(Math.max(0, delayMs))
    const event: Event = { at, order: this.#asked, callback }
    this.#push(event)
    return () => {
      event.callback = null
    }
  }

  yield(): Promise<void> {
    return new Promise((resolve) => {
      this.after(0, resolve)
    })
  }

  /**
   * Time stands still until the promise has settled, for ten seconds at most: a body that awaits
   * virtual time itself would hold it for ever.
   */
  hold(promise: Promise<unknown>): void {
    this.#holds.add(promise)
    const release = () => {
      this.#holds.delete(promise)
    }
    promise.then(release, release)
  }

  /** When the next event is due; undefined when there is none. */
  get nextAt(): number | undefined {
    for (let first = this.#heap[0]; first !== undefined; first = this.#heap[0]) {
      if (first.callback !== null) return first.at
      this.#pop()
    }
    return undefined
  }

  /** Moves to the next event and lets it happen; false when none is due by then. */
  async step(until: number = Infinity): Promise<boolean> {
    while (this.#holds.size > 0 && (this.nextAt ?? Infinity) > this.#now) await this.#standStill()
    const at = this.nextAt
    if (at === undefined || at > until) return false
    const event = this.#pop()
    this.#now = Math.max(this.#now, at)
    event?.callback?.()
    await settled()
    return true
  }

  /** Lets everything happen that falls due within a duration. */
  async advance(duration: Duration): Promise<void> {
    const end = this.#now + parseDuration(duration)
    await settled()
    while (await this.step(end));
    this.#now = Math.max(this.#now, end)
  }

  /** Until something held has settled and every microtask after it has run. */
  async #standStill(): Promise<void> {
    const [...held] = this.#holds
    let timer: NodeJS.Timeout | undefined
    const patience = new Promise<void>((resolve) => {
      timer = setTimeout(() => {
        for (const promise of held) this.#holds.delete(promise)
        resolve()
      }, patienceMs)
    })
    await Promise.race([...held.map((promise) => promise.catch(() => undefined)), patience])
    clearTimeout(timer)
    await settled()
  }

  #push(event: Event): void {
    const heap = this.#heap
    let index = heap.push(event) - 1
    while (index > 0) {
      const parent = (index - 1) >> 1
      const above = heap[parent]
      if (above === undefined || isBefore(above, event)) break
      heap[index] = above
      index = parent
    }
    heap[index] = event
  }

  #pop(): Event | undefined {
    const heap = this.#heap
    const [first] = heap
    const moved = heap.pop()
    if (moved === undefined || heap.length === 0) return first
    let index = 0
    for (;;) {
      const left = heap[2 * index + 1]
      const right = heap[2 * index + 2]
      if (left === undefined) break
      const isRight = right !== undefined && isBefore(right, left)
      const least = isRight ? right : left
      if (isBefore(moved, least)) break
      heap[index] = least
      index = 2 * index + (isRight ? 2 : 1)
    }
    heap[index] = moved
    return first
  }
}

function isBefore(left: Event, right: Event): boolean {
  return left.at < right.at || (left.at === right.at && left.order < right.order)
}

/** Resolves once every microtask, also those that others queue, has run. */
export function settled(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}
