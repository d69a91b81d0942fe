/**
 * Entries on their way into the journal of one partition.
 *
 * 1. Entries leave in the order in which they were queued; those of a run in seq order.
 * 2. An entry whose fate is not known goes back to the front, unchanged.
 */

import { EncodedEntry } from '../../schemas/entry-bytes.ts'
import type { Entry } from '../../schemas/records.ts'
import type { PartitionState } from './fold.ts'

interface QueuedEntry {
  readonly entry: Entry
  /** The first inbox record that is not done with before the entry stands in the journal. */
  inboxOffset: bigint | null
}

export class CommitQueue {
  #waiting: QueuedEntry[] = []
  #inFlight: readonly QueuedEntry[] = []

  get isEmpty(): boolean {
    return this.#waiting.length === 0 && this.#inFlight.length === 0
  }

  get hasWaiting(): boolean {
    return this.#waiting.length > 0
  }

  /** Entries that have not landed. */
  get size(): number {
    return this.#waiting.length + this.#inFlight.length
  }

  push(entry: Entry, inboxOffset: bigint | null): void {
    this.#waiting.push({ entry, inboxOffset })
  }

  /** An inbox record is not done with before the last entry queued for a run is. */
  hold(runId: string, inboxOffset: bigint): void {
    const isOfRun = ({ entry }: QueuedEntry) => entry.runId === runId
    const last = this.#waiting.findLast(isOfRun) ?? this.#inFlight.findLast(isOfRun)
    if (last !== undefined) last.inboxOffset ??= inboxOffset
  }

  /**
   * Takes what fits, at least one entry, for the commit that is being built.
   * @param heldRun a run whose entries must wait, with all that follow of it
   */
  take(maxBytes: number, heldRun: string | null): readonly Entry[] {
    const taken: QueuedEntry[] = []
    const left: QueuedEntry[] = []
    let bytes = 0
    let isFull = false
    for (const queued of this.#waiting) {
      if (isFull || queued.entry.runId === heldRun) {
        left.push(queued)
        continue
      }
      bytes += EncodedEntry.of(queued.entry).byteLength
      isFull = bytes > maxBytes && taken.length > 0
      if (isFull) left.push(queued)
      else taken.push(queued)
    }
    this.#waiting = left
    this.#inFlight = taken
    return taken.map((queued) => queued.entry)
  }

  /** The entries taken last stand in the journal. */
  settle(): void {
    this.#inFlight = []
  }

  /** The fate of the entries taken last is not known: they go first again. */
  requeue(): void {
    this.#waiting = [...this.#inFlight, ...this.#waiting]
    this.#inFlight = []
  }

  /** Drops the entries that the fold has. */
  dropFolded(state: PartitionState): void {
    this.#waiting = this.#waiting.filter(({ entry }) => {
      const run = state.runs.get(entry.runId)
      return run === undefined || (run.status !== 'ended' && entry.seq > run.seq)
    })
  }

  clear(): void {
    this.#waiting = []
    this.#inFlight = []
  }

  /** The first inbox offset whose entry is still waiting, or null. */
  firstInboxOffset(): bigint | null {
    let first: bigint | null = null
    for (const { inboxOffset } of this.#waiting) {
      if (inboxOffset !== null && (first === null || inboxOffset < first)) first = inboxOffset
    }
    return first
  }
}
