/** Due-ordered callbacks on one timer of the clock: a binary heap of times. */

import type { Clock } from '../clock.ts'

interface Timer {
  readonly time: number
  readonly callback: () => void
}

export class TimerHeap {
  readonly #clock: Clock
  readonly #heap: Timer[] = []
  #armed: { readonly time: number; readonly stop: () => void } | null = null

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get size(): number {
    return this.#heap.length
  }

  /** Calls back once the clock has reached the time, never before. */
  at(time: number, callback: () => void): void {
    this.#heap.push({ time, callback })
    this.#siftUp(this.#heap.length - 1)
    this.#arm()
  }

  clear(): void {
    this.#heap.length = 0
    this.#armed?.stop()
    this.#armed = null
  }

  #arm(): void {
    const first = this.#heap[0]
    if (first === undefined || (this.#armed !== null && this.#armed.time <= first.time)) return
    this.#armed?.stop()
    const delay = Math.max(0, first.time - this.#clock.now())
    this.#armed = {
      time: first.time,
      stop: this.#clock.after(delay, () => {
        this.#fire()
      }),
    }
  }

  #fire(): void {
    this.#armed = null
    const now = this.#clock.now()
    for (
      let first = this.#heap[0];
      first !== undefined && first.time <= now;
      first = this.#heap[0]
    ) {
      this.#removeFirst()
      first.callback()
    }
    this.#arm()
  }

  #removeFirst(): void {
    const last = this.#heap.pop()
    if (last === undefined || this.#heap.length === 0) return
    this.#heap[0] = last
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
    let index = 0
    for (;;) {
      const left = 2 * index + 1
      const right = left + 1
      let first = index
      if (left < this.#heap.length && this.#isBefore(left, first)) first = left
      if (right < this.#heap.length && this.#isBefore(right, first)) first = right
      if (first === index) return
      this.#swap(index, first)
      index = first
    }
  }

  #isBefore(left: number, right: number): boolean {
    return (this.#heap[left]?.time ?? 0) < (this.#heap[right]?.time ?? 0)
  }

  #swap(left: number, right: number): void {
    const [a, b] = [this.#heap[left], this.#heap[right]]
    if (a === undefined || b === undefined) return
    this.#heap[left] = b
    this.#heap[right] = a
  }
}
