/**
 * Why a run does not go on, read from the journals: parked runs, steps that fail and are tried
 * again, or a start that no service has taken in. Looked at only once nothing has come for a while.
 *
 * A review's runs are told by their ids: those of what it calls begin with its own.
 */

import type { Connection } from '../connection.ts'
import type { Entry, Failure } from '../../schemas/index.ts'
import { definitionTopics } from '../../schemas/index.ts'
import { readJournal } from '../../runtime/durable/journal-reader.ts'

export interface Stall {
  /** Not an entry of the runs has been appended. */
  readonly isUntouched: boolean
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

export class StallReader {
  readonly #connection: Connection
  readonly #definitions: readonly string[]
  readonly #rootId: string
  /** The next offset to read of each partition, by definition. */
  readonly #next = new Map<string, bigint[]>()
  readonly #parked = new Map<string, Stall['parked'][number]>()
  readonly #retrying = new Map<string, Stall['retrying'][number]>()
  #isUntouched = true

  private constructor(connection: Connection, definitions: readonly string[], rootId: string) {
    this.#connection = connection
    this.#definitions = definitions
    this.#rootId = rootId
  }

  /** Will see what is appended from now on. */
  static async open(
    connection: Connection,
    definitions: readonly string[],
    rootId: string,
  ): Promise<StallReader> {
    const reader = new StallReader(connection, definitions, rootId)
    await Promise.all(
      definitions.map(async (definition) => {
        reader.#next.set(definition, await reader.#ends(definition))
      }),
    )
    return reader
  }

  /** Reads what was appended since the last look. */
  async look(): Promise<Stall> {
    await Promise.all(this.#definitions.map((definition) => this.#read(definition)))
    return {
      isUntouched: this.#isUntouched,
      parked: [...this.#parked.values()],
      retrying: [...this.#retrying.values()],
    }
  }

  async #read(definition: string): Promise<void> {
    const { log, codec } = this.#connection
    const topic = definitionTopics(definition).journal
    const ends = await this.#ends(definition)
    for (const [partition, to] of ends.entries()) {
      const from = this.#next.get(definition)?.[partition] ?? 0n
      if (from >= to) continue
      for await (const commits of readJournal(log, codec, { topic, partition, from, to })) {
        for (const { commit } of commits) {
          for (const entry of commit.entries) this.#take(definition, entry)
        }
      }
    }
    this.#next.set(definition, ends)
  }

  async #ends(definition: string): Promise<bigint[]> {
    const { log } = this.#connection
    const topic = definitionTopics(definition).journal
    const partitions = Array.from({ length: await log.partitions(topic) }, (_, index) => index)
    const offsets = await Promise.all(partitions.map((partition) => log.offsets(topic, partition)))
    return offsets.map(({ high }) => high)
  }

  #take(definition: string, { runId, body }: Entry): void {
    if (runId !== this.#rootId && !runId.startsWith(`${this.#rootId}/`)) return
    this.#isUntouched = false
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
