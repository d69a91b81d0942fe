/**
 * Why a run does not go on, read from the journals: parked runs, steps that fail and are tried
 * again, or a start that no service has taken in. Looked at only once nothing has come for a while.
 *
 * A review's runs are told by their ids: those of what it calls begin with its own.
 */

import type { Connection } from '../backend.ts'
import type { Entry, Failure } from '../../schemas/index.ts'
import { definitionTopics } from '../../schemas/index.ts'
import { readJournal } from '../../runtime/durable/journal-reader.ts'

export interface Stall {
  /** None of the runs is in a journal yet. */
  readonly isUnknown: boolean
  /** Set aside until a person acts; the run with its definition. */
  readonly parked: readonly StalledRun[]
  /** Failed, and due to be tried again. */
  readonly retrying: readonly (StalledRun & { readonly step: string; readonly attempt: number })[]
}

export interface StalledRun {
  readonly definition: string
  readonly runId: string
  readonly error: Failure
}

/** Clocks of brokers and clients may differ by this much. */
const clockDriftMs = 60_000

export class StallReader {
  readonly #connection: Connection
  readonly #definitions: readonly string[]
  readonly #rootId: string
  readonly #startedAt: number
  /** The next offset to read, by topic and partition. */
  readonly #next = new Map<string, bigint>()
  readonly #parked = new Map<string, Stall['parked'][number]>()
  readonly #retrying = new Map<string, Stall['retrying'][number]>()
  #isKnown = false

  constructor(connection: Connection, definitions: readonly string[], rootId: string) {
    this.#connection = connection
    this.#definitions = definitions
    this.#rootId = rootId
    this.#startedAt = Date.now()
  }

  /** Reads what was appended since the last look. */
  async look(): Promise<Stall> {
    await Promise.all(this.#definitions.map((definition) => this.#read(definition)))
    return {
      isUnknown: !this.#isKnown,
      parked: [...this.#parked.values()],
      retrying: [...this.#retrying.values()],
    }
  }

  async #read(definition: string): Promise<void> {
    const { log, codec } = this.#connection
    const topic = definitionTopics(definition).journal
    const partitions = await log.partitions(topic)
    for (let partition = 0; partition < partitions; partition += 1) {
      const place = `${topic}[${partition}]`
      const since = this.#startedAt - clockDriftMs
      const from = this.#next.get(place) ?? (await log.offsetAt(topic, partition, since))
      const { high } = await log.offsets(topic, partition)
      if (from < high) {
        for await (const commits of readJournal(log, codec, { topic, partition, from, to: high })) {
          for (const { commit } of commits) {
            for (const entry of commit.entries) this.#take(definition, entry)
          }
        }
      }
      this.#next.set(place, high)
    }
  }

  #take(definition: string, { runId, body }: Entry): void {
    if (runId !== this.#rootId && !runId.startsWith(`${this.#rootId}/`)) return
    this.#isKnown = true
    const key = `${definition} ${runId}`
    if (body.type === 'RunParked') {
      this.#parked.set(key, { definition, runId, error: body.error })
    } else if (body.type === 'StepFailed' && body.retryAt !== null) {
      const { name: step, attempt, error } = body
      this.#retrying.set(key, { definition, runId, error, step, attempt })
      return
    } else if (body.type === 'RunResumed') {
      this.#parked.delete(key)
    }
    this.#retrying.delete(key)
  }
}
