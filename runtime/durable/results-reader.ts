/** Follows the results of one definition for every run that a client asks about. */

import type { Clock } from '../clock.ts'
import { parseDuration, type Duration } from '../duration.ts'
import { TimeoutError } from '../errors.ts'
import type { Log, LogRecord, Subscription } from '../log/port.ts'
import type { Logger } from '../logger.ts'
import type { Codec } from '../../schemas/codec.ts'
import type { Outcome, Result } from '../../schemas/records.ts'
import { definitionTopics } from '../../schemas/topics.ts'

/** How many results that nobody has asked for yet are kept. */
const keptResults = 10_000

export interface ResultsReaderOptions {
  readonly log: Log
  readonly codec: Codec
  readonly clock: Clock
  readonly logger: Logger
}

interface Waiting {
  readonly promise: Promise<Outcome>
  readonly resolve: (outcome: Outcome) => void
}

export class ResultsReader {
  readonly #options: ResultsReaderOptions
  readonly #definition: string
  readonly #waiting = new Map<string, Waiting>()
  readonly #outcomes = new Map<string, Outcome>()
  #subscription: Subscription | null = null
  #forgotten = 0

  private constructor(options: ResultsReaderOptions, definition: string) {
    this.#options = options
    this.#definition = definition
  }

  static async open(options: ResultsReaderOptions, definition: string): Promise<ResultsReader> {
    const reader = new ResultsReader(options, definition)
    reader.#subscription = await options.log.follow({
      topic: definitionTopics(definition).results,
      onRecords: (_partition, records) => {
        for (const record of records) reader.#take(record)
      },
    })
    return reader
  }

  /** How many results were dropped before anybody asked for them. */
  get forgotten(): number {
    return this.#forgotten
  }

  async outcomeOf(runId: string, timeout: Duration | undefined): Promise<Outcome> {
    const known = this.#outcomes.get(runId)
    if (known !== undefined) return known
    let waiting = this.#waiting.get(runId)
    if (waiting === undefined) {
      waiting = Promise.withResolvers<Outcome>()
      this.#waiting.set(runId, waiting)
    }
    return timeout === undefined
      ? waiting.promise
      : within(this.#options.clock, waiting.promise, timeout, `the result of run ${runId}`)
  }

  async close(): Promise<void> {
    await this.#subscription?.close()
  }

  #take(record: LogRecord): void {
    const { codec, logger } = this.#options
    if (record.value === null) return
    try {
      const decoded = codec.result.decode(record.value)
      if (decoded instanceof Promise) {
        decoded.then(
          (result) => {
            this.#learn(result)
          },
          (error: unknown) => {
            logger.warn({ error, definition: this.#definition }, 'a result cannot be read')
          },
        )
      } else this.#learn(decoded)
    } catch (error) {
      logger.warn({ error, definition: this.#definition }, 'a result cannot be read')
    }
  }

  #learn({ runId, outcome }: Result): void {
    this.#outcomes.delete(runId)
    this.#outcomes.set(runId, outcome)
    if (this.#outcomes.size > keptResults) {
      const [oldest] = this.#outcomes.keys()
      if (oldest !== undefined) this.#outcomes.delete(oldest)
      this.#forgotten += 1
    }
    this.#waiting.get(runId)?.resolve(outcome)
    this.#waiting.delete(runId)
  }
}

async function within<T>(
  clock: Clock,
  promise: Promise<T>,
  timeout: Duration,
  what: string,
): Promise<T> {
  const { promise: limited, resolve, reject } = Promise.withResolvers<T>()
  const stop = clock.after(parseDuration(timeout), () => {
    reject(new TimeoutError(`${what} did not come within ${String(timeout)}`))
  })
  promise.then(resolve, reject)
  try {
    return await limited
  } finally {
    stop()
  }
}
