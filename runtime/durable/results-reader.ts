/** Follows the results of one definition for every run that a client asks about. */

import type { Clock } from '../clock.ts'
import { parseDuration, type Duration } from '../duration.ts'
import { LogError, TimeoutError, UsageError } from '../errors.ts'
import type { Log, LogRecord, Subscription } from '../log/port.ts'
import type { Logger } from '../logger.ts'
import type { Codec } from '../../schemas/codec.ts'
import type { Outcome, Result } from '../../schemas/records.ts'
import { definitionTopics } from '../../schemas/topics.ts'

/** How many bytes of results are kept for those who ask later. */
const keptBytes = 16 * 1024 * 1024
/** About what a kept result takes beyond its record. */
const overheadBytes = 256

export interface ResultsReaderOptions {
  readonly log: Log
  readonly codec: Codec
  readonly clock: Clock
  readonly logger: Logger
}

interface Kept {
  readonly outcome: Outcome
  readonly bytes: number
}

/** Asks the owner, which writes the result once more, or refuses under the answer's id. */
export interface Question {
  readonly answerId: string
  readonly send: () => Promise<void>
}

export class ResultsReader {
  readonly #options: ResultsReaderOptions
  readonly #definition: string
  readonly #waiting = new Map<string, Set<(outcome: Outcome) => void>>()
  /** By run id, the oldest first. */
  readonly #kept = new Map<string, Kept>()
  #keptBytes = 0
  readonly #pending = new Set<(error: Error) => void>()
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

  /** How many outcomes are being waited for. */
  get waiting(): number {
    return this.#waiting.size
  }

  known(runId: string): Outcome | undefined {
    return this.#kept.get(runId)?.outcome
  }

  /**
   * The outcome of a run that is not known yet.
   * @param question null when the result cannot have been missed
   * @throws UsageError RUN_NOT_FOUND, TimeoutError, and what sending the question throws
   */
  async outcomeOf(
    runId: string,
    question: Question | null,
    timeout: Duration | undefined,
  ): Promise<Outcome> {
    const { clock } = this.#options
    const limitMs = timeout === undefined ? undefined : parseDuration(timeout)
    const { promise, resolve, reject } = Promise.withResolvers<Outcome>()
    const ends = [this.#wait(runId, resolve), this.#untilClosed(reject)]
    if (question !== null) {
      const refuse = () => {
        reject(notFound(this.#definition, runId))
      }
      ends.push(this.#wait(question.answerId, refuse))
      question.send().catch(reject)
    }
    if (limitMs !== undefined) {
      const expire = () => {
        reject(
          new TimeoutError(`the result of run ${runId} did not come within ${String(timeout)}`),
        )
      }
      ends.push(clock.after(limitMs, expire))
    }
    try {
      return await promise
    } finally {
      for (const end of ends) end()
    }
  }

  /** Whoever still waits is told. */
  async close(): Promise<void> {
    for (const tell of this.#pending) {
      tell(new LogError('the client was closed', { code: 'LOG_UNAVAILABLE' }))
    }
    await this.#subscription?.close()
  }

  #untilClosed(tell: (error: Error) => void): () => void {
    this.#pending.add(tell)
    return () => this.#pending.delete(tell)
  }

  #take(record: LogRecord): void {
    const { codec, logger } = this.#options
    const { value } = record
    if (value === null) return
    try {
      const decoded = codec.result.decode(value)
      if (decoded instanceof Promise) {
        decoded.then(
          (result) => {
            this.#learn(result, value.byteLength)
          },
          (error: unknown) => {
            logger.warn({ error, definition: this.#definition }, 'a result cannot be read')
          },
        )
      } else this.#learn(decoded, value.byteLength)
    } catch (error) {
      logger.warn({ error, definition: this.#definition }, 'a result cannot be read')
    }
  }

  #learn({ runId, outcome }: Result, bytes: number): void {
    this.#drop(runId)
    this.#kept.set(runId, { outcome, bytes: bytes + overheadBytes })
    this.#keptBytes += bytes + overheadBytes
    while (this.#keptBytes > keptBytes) {
      const [oldest = ''] = this.#kept.keys()
      this.#drop(oldest)
      this.#forgotten += 1
    }
    for (const tell of this.#waiting.get(runId) ?? []) tell(outcome)
  }

  #drop(runId: string): void {
    this.#keptBytes -= this.#kept.get(runId)?.bytes ?? 0
    this.#kept.delete(runId)
  }

  /** Returns what ends the waiting. */
  #wait(runId: string, tell: (outcome: Outcome) => void): () => void {
    const waiting = this.#waiting.get(runId) ?? new Set()
    this.#waiting.set(runId, waiting.add(tell))
    return () => {
      waiting.delete(tell)
      if (waiting.size === 0) this.#waiting.delete(runId)
    }
  }
}

function notFound(definition: string, runId: string): UsageError {
  return new UsageError(
    `no run ${runId} of '${definition}' is known: it was never started, was placed by a key that was not given, or ended too long ago`,
    { code: 'RUN_NOT_FOUND' },
  )
}
