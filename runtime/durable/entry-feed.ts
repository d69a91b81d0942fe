/** What an execution has still to be handed: its history first, then what was decided since. */

import type { Entry, EntryBody } from '../../schemas/records.ts'
import type { RunState } from './run-state.ts'

export class EntryFeed {
  readonly #history: Iterator<Entry, void>
  /** Seq of the last entry that the history already holds. */
  readonly #historySeq: number
  /** Decided after the execution began. */
  readonly #decided: Entry[] = []
  #isReplaying = true

  constructor({ history, seq }: RunState) {
    this.#history = history.entries()
    this.#historySeq = seq
  }

  get isReplaying(): boolean {
    return this.#isReplaying
  }

  endReplay(): void {
    this.#isReplaying = false
  }

  /** Returns false for one that the history holds. */
  add(entry: Entry): boolean {
    if (entry.seq <= this.#historySeq) return false
    this.#decided.push(entry)
    return true
  }

  next(): Entry | undefined {
    if (this.#isReplaying) {
      const recorded = this.#history.next()
      if (recorded.done !== true) return recorded.value
    }
    return this.#decided.shift()
  }

  /** Whether such an entry was decided since and not handed over yet. */
  isDecided(such: (body: EntryBody) => boolean): boolean {
    return this.#decided.some(({ body }) => such(body))
  }
}
