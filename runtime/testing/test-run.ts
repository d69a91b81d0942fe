/** A run as a test sees it: a client's handle, and what its journal says. */

import type { z } from 'zod'
import type { Duration } from '../duration.ts'
import type { RunHandle } from '../durable/client.ts'
import type { Signal } from '../durable/definition.ts'
import { emptyPartition, fold } from '../durable/fold.ts'
import { summaryOf } from '../durable/inspect.ts'
import type { Entry, EntryBody } from '../../schemas/records.ts'
import { definitionTopics } from '../../schemas/topics.ts'
import { recordHistory, type RecordedHistory } from './recorded-history.ts'
import type { TestCluster } from './test-cluster.ts'

/** A run that has not ended after this long will not. */
const longestRunMs = 400 * 86_400_000

export class TestRun<T> {
  readonly id: string
  readonly #cluster: TestCluster
  readonly #handle: RunHandle<T>
  readonly #definition: string

  constructor(cluster: TestCluster, handle: RunHandle<T>, definition: string) {
    this.id = handle.id
    this.#cluster = cluster
    this.#handle = handle
    this.#definition = definition
  }

  /** Bodies of the run's accepted entries, in order. */
  get journal(): readonly EntryBody[] {
    return this.#accepted().entries.map((entry) => entry.body)
  }

  /** What the journal says of the run in a word. */
  get status(): 'unknown' | 'running' | 'parked' | 'completed' | 'failed' | 'cancelled' {
    return this.#accepted().summary?.status ?? 'unknown'
  }

  /** What the run waits for, as far as its journal tells. */
  get waitsFor(): readonly string[] {
    return this.#accepted().summary?.waitsFor ?? []
  }

  /** The journal in the form that `replayHistories` reads: to be kept as a golden file. */
  history(): RecordedHistory {
    return recordHistory(this.#definition, this.#accepted().entries)
  }

  /**
   * Lets time pass until the run has ended, and returns its output.
   * @throws Error when the run is parked, or waits for something that no time brings
   */
  async result(): Promise<T> {
    try {
      return await this.#cluster.drive(this.#handle.result(), longestRunMs)
    } catch (error) {
      if (this.status === 'parked' || this.status === 'running') {
        throw new Error(`run ${this.id} has not ended: it ${this.#state()}`, { cause: error })
      }
      throw error
    }
  }

  async signal<S extends z.ZodType>(
    signal: Signal<S>,
    payload: z.input<NoInfer<S>>,
  ): Promise<void> {
    await this.#settle(this.#handle.signal(signal, payload))
  }

  async cancel(reason?: string): Promise<void> {
    await this.#settle(this.#handle.cancel(reason))
  }

  async resume(): Promise<void> {
    await this.#settle(this.#handle.resume())
  }

  /** Lets everything happen that falls due within a duration. */
  async advance(duration: Duration): Promise<void> {
    await this.#cluster.clock.advance(duration)
  }

  async #settle(sent: Promise<void>): Promise<void> {
    await this.#cluster.drive(sent)
    await this.#cluster.clock.advance(0)
  }

  #state(): string {
    const { summary } = this.#accepted()
    if (summary?.status === 'parked') return `is parked: ${summary.error?.message ?? ''}`
    return `waits for ${summary?.waitsFor.join(', ') ?? 'a process that takes it in'}`
  }

  #accepted() {
    const entries: Entry[] = []
    let summary: ReturnType<typeof summaryOf> | undefined
    const records = this.#cluster.records(definitionTopics(this.#definition).journal)
    for (const [partition, placed] of Map.groupBy(records, (record) => record.partition)) {
      const state = emptyPartition({ definition: this.#definition, partition })
      for (const { offset, value } of placed) {
        const commit = this.#cluster.codec.commit.decode(value ?? new Uint8Array())
        if (commit instanceof Promise) throw new Error('a codec in memory knows its own schemas')
        for (const entry of fold(state, offset, commit)) {
          if (entry.runId === this.id) entries.push(entry)
        }
      }
      const run = state.runs.get(this.id)
      if (run !== undefined) summary = summaryOf(run, partition)
    }
    return { entries, summary }
  }
}
