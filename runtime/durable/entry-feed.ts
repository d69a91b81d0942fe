/** What an execution has still to be handed: its history first, then what is queued for its run. */

import type { Entry, EntryBody } from '../../schemas/records.ts'
import type { RunState } from './run-state.ts'

export class EntryFeed {
  readonly #history: Iterator<Entry, void>
  readonly #queued: Entry[]
  #handed: number
  #isHistoryRead = false
  #isReplaying: boolean

  constructor({ history, seq }: RunState, queued: readonly Entry[]) {
    this.#history = history.entries()
    this.#queued = queued.filter((entry) => entry.seq > seq)
    this.#handed = seq
    // Code that has only begun has nothing to repeat.
    this.#isReplaying = history.count > 1 || this.#queued.length > 0
  }

  get isReplaying(): boolean {
    return this.#isReplaying
  }

  /** Seq of the last entry that was handed over, or that the history holds. */
  get handed(): number {
    return this.#handed
  }

  endReplay(): void {
    this.#isReplaying = false
  }

  add(entry: Entry): void {
    this.#queued.push(entry)
  }

  next(): Entry | undefined {
    if (!this.#isHistoryRead) {
      const recorded = this.#history.next()
      if (recorded.done !== true) return recorded.value
      this.#isHistoryRead = true
    }
    const queued = this.#queued.shift()
    if (queued !== undefined) this.#handed = queued.seq
    return queued
  }

  /** Whether such an entry was queued and not handed over yet. */
  isQueued(such: (body: EntryBody) => boolean): boolean {
    return this.#queued.some(({ body }) => such(body))
  }
}
