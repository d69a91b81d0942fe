/**
 * What falls due at a time, on one timer of the clock: a binary heap of times. Each has a callback, or
 * only a name for the one callback of the heap, which takes a tenth of the memory where very many
 * runs sleep.
 */

import type { Clock } from '../clock.ts'

type Callback = () => void

export class TimerHeap {
  readonly #clock: Clock
  readonly #onDue: (name: string) => void
  readonly #times: number[] = []
  /** At the place of its time. */
  readonly #due: (string | Callback)[] = []
  #armed: { readonly time: number; readonly stop: () => void } | null = null

  /** @param onDue gets the names of what falls due without a callback */
  constructor(clock: Clock, onDue: (name: string) => void = () => undefined) {
    this.#clock = clock
    this.#onDue = onDue
  }

  get size(): number {
    return this.#times.length
  }

  /** Calls back once the clock has reached the time, never before. */
  at(time: number, due: string | Callback): void {
    this.#times.push(time)
    this.#due.push(due)
    this.#siftUp(this.#times.length - 1)
    this.#arm()
  }

  clear(): void {
    this.#times.length = 0
    this.#due.length = 0
    this.#armed?.stop()
    this.#armed = null
  }

  #arm(): void {
    const [first] = this.#times
    if (first === undefined || (this.#armed !== null && this.#armed.time <= first)) return
    this.#armed?.stop()
    const delay = Math.max(0, first - this.#clock.now())
    this.#armed = {
      time: first,
      stop: this.#clock.after(delay, () => {
        this.#fire()
      }),
    }
  }

  #fire(): void {
    this.#armed = null
    const now = this.#clock.now()
    while ((this.#times[0] ?? Infinity) <= now) {
      const [due] = this.#due
      this.#removeFirst()
      if (typeof due === 'string') this.#onDue(due)
      else due?.()
    }
    this.#arm()
  }

  #removeFirst(): void {
    this.#swap(0, this.#times.length - 1)
    this.#times.pop()
    this.#due.pop()
    this.#siftDown()
  }

  #siftUp(start: number): void {
    let index = start
    while (index > 0) {
      const parent = (index - 1) >> 1
      if (!this.#isBefore(index, parent)) return
      this.#swap(index, parent)
      index = parent
    }
  }

  #siftDown(): void {
    const { length } = this.#times
    let index = 0
    for (;;) {
      const left = 2 * index + 1
      const right = left + 1
      let first = index
      if (left < length && this.#isBefore(left, first)) first = left
      if (right < length && this.#isBefore(right, first)) first = right
      if (first === index) return
      this.#swap(index, first)
      index = first
    }
  }

  #isBefore(left: number, right: number): boolean {
    return (this.#times[left] ?? 0) < (this.#times[right] ?? 0)
  }

  #swap(left: number, right: number): void {
    exchange(this.#times, left, right)
    exchange(this.#due, left, right)
  }
}

function exchange(list: unknown[], left: number, right: number): void {
  const [a, b] = [list[left], list[right]]
  if (a === undefined || b === undefined) return
  list[left] = b
  list[right] = a
}
