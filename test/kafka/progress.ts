/** What a journal has got to, followed while it is written. */

import type { Log, LogRecord } from '../../runtime/log/port.ts'
import { definitionTopics, type Codec, type Commit } from '../../schemas/index.ts'

/** Counts something in a commit. */
export type Measure = (commit: Commit) => number

export function entriesOf(type: Commit['entries'][number]['body']['type']): Measure {
  return ({ entries }) => entries.filter(({ body }) => body.type === type).length
}

/** Fences of processes other than those named. */
export function fencesBeside(incarnations: readonly string[]): Measure {
  return ({ fence }) => (fence !== null && !incarnations.includes(fence.incarnation) ? 1 : 0)
}

export class Progress {
  readonly #codec: Codec
  readonly #counts = new Map<{ readonly measure: Measure; left: number }, () => void>()
  #decoded: Promise<void> = Promise.resolve()
  #close: () => Promise<void> = () => Promise.resolve()

  /** Follows a definition's journal from its present end. */
  static async follow(log: Log, codec: Codec, definition: string): Promise<Progress> {
    const progress = new Progress(codec)
    const subscription = await log.follow({
      topic: definitionTopics(definition).journal,
      onRecords: (_, records) => progress.#add(records),
    })
    progress.#close = () => subscription.close()
    return progress
  }

  private constructor(codec: Codec) {
    this.#codec = codec
  }

  /** Resolves once that many have been counted from now on. */
  reaches(count: number, measure: Measure): Promise<void> {
    return new Promise((resolve) => this.#counts.set({ measure, left: count }, resolve))
  }

  close(): Promise<void> {
    return this.#close()
  }

  #add(records: readonly LogRecord[]): void {
    this.#decoded = this.#decoded.then(async () => {
      for (const { value } of records) {
        this.#count(await this.#codec.commit.decode(value ?? new Uint8Array()))
      }
    })
  }

  #count(commit: Commit): void {
    for (const [counted, resolve] of this.#counts) {
      counted.left -= counted.measure(commit)
      if (counted.left > 0) continue
      this.#counts.delete(counted)
      resolve()
    }
  }
}
