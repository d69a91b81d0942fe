/**
 * A client only appends to inboxes and reads results. It reads a results topic from the end it had
 * before the first start was appended; for a run that may have ended earlier it sends an `Attach`,
 * and the owner writes the recorded result once more, or that it knows of no such run.
 */

import type { z } from 'zod'
import { partitionFor } from '../log/murmur2.ts'
import { UsageError } from '../errors.ts'
import type { Duration } from '../duration.ts'
import type { Clock, Randomness } from '../clock.ts'
import type { Log } from '../log/port.ts'
import type { Logger } from '../logger.ts'
import type { Codec } from '../../schemas/codec.ts'
import { cloudEventHeaders } from '../../schemas/headers.ts'
import type { MessageBody } from '../../schemas/records.ts'
import { definitionTopics } from '../../schemas/topics.ts'
import { checked } from './checked.ts'
import type { AnyContract, Contract, Signal } from './definition.ts'
import { listRuns, type RunSummary } from './inspect.ts'
import { answerId } from './intake.ts'
import { Outbound } from './outbound.ts'
import { partitionCount, sentTo } from './partition-count.ts'
import { decodePayload, encodePayload, errorOfOutcome } from './payload.ts'
import { ResultsReader, type Question } from './results-reader.ts'

export interface ClientOptions {
  readonly log: Log
  readonly codec: Codec
  readonly clock: Clock
  readonly randomness: Randomness
  readonly logger: Logger
  /** Closes what the client was given to own. */
  readonly onClose?: () => Promise<void>
}

export interface RunOptions {
  /** The same id never runs twice. Default: a fresh one. */
  readonly id?: string
  /** Places the run by this key instead of its id. */
  readonly key?: string
  /** W3C trace context of the caller. */
  readonly traceparent?: string
}

export interface ResultOptions {
  /** Rejects with a TimeoutError after this time; the run goes on. Default: waits for ever. */
  readonly timeout?: Duration
}

/** A run as a client sees it. */
export interface RunHandle<T> {
  readonly id: string
  /**
   * Awaits the output. Rejects with TerminalError, TimeoutError or CancelledError when that is the
   * outcome, and with UsageError RUN_NOT_FOUND as soon as the owner says that it knows of no such run.
   */
  result(options?: ResultOptions): Promise<T>
  /** The payload is checked here and again where it arrives. */
  signal<S extends z.ZodType>(signal: Signal<S>, payload: z.input<NoInfer<S>>): Promise<void>
  /** Asks the run to cancel; it ends when its code lets it. */
  cancel(reason?: string): Promise<void>
  /** Lets a parked run go on. */
  resume(): Promise<void>
}

export interface Client {
  /** Starts a run; resolves once the start stands in the inbox. */
  start<I extends z.ZodType, O extends z.ZodType>(
    contract: Contract<I, O>,
    input: z.input<NoInfer<I>>,
    options?: RunOptions,
  ): Promise<RunHandle<z.output<O>>>
  /** A handle on a run that was started before, by anyone. */
  get<I extends z.ZodType, O extends z.ZodType>(
    contract: Contract<I, O>,
    id: string,
    options?: { readonly key?: string },
  ): RunHandle<z.output<O>>
  /** Every run that the journal of a definition knows; reads the whole journal. */
  list(contract: AnyContract): Promise<readonly RunSummary[]>
  close(): Promise<void>
}

interface MessageOptions {
  /** Default: a fresh one. */
  readonly id?: string | undefined
  readonly traceparent?: string | undefined
}

export function createClient(options: ClientOptions): Client {
  const { log, codec, clock, randomness } = options
  const outbound = new Outbound(log, clock)
  const readers = new Map<string, Promise<ResultsReader>>()
  /** Partitions by definition. */
  const counts = new Map<string, number>()

  function resultsOf(definition: string): Promise<ResultsReader> {
    let reader = readers.get(definition)
    if (reader === undefined) {
      reader = ResultsReader.open(options, definition)
      reader.catch(() => readers.delete(definition))
      readers.set(definition, reader)
    }
    return reader
  }

  async function partitionsOf(definition: string): Promise<number> {
    const count = counts.get(definition) ?? (await partitionCount(log, definition, sentTo))
    counts.set(definition, count)
    return count
  }

  async function sendMessage(
    definition: string,
    runId: string,
    key: string,
    body: MessageBody,
    { id = randomness.uuid(), traceparent }: MessageOptions = {},
  ): Promise<void> {
    const topic = definitionTopics(definition).inbox
    const value = codec.message.encode({ id, runId, body })
    const type = `stoa.${body.type}`
    const context = { id, source: 'client', type, time: clock.now(), correlationId: runId }
    const headers = cloudEventHeaders({
      ...context,
      ...(traceparent === undefined ? {} : { traceparent }),
    })
    const partition = partitionFor(key, await partitionsOf(definition))
    await outbound.append({ topic, partition, record: { key: runId, value, headers } })
  }

  function handle<O extends z.ZodType>(
    contract: Contract<z.ZodType, O>,
    id: string,
    key: string,
    /** What its reader had forgotten before the run was started; null for a run of before. */
    forgottenBefore: number | null,
  ): RunHandle<z.output<O>> {
    const { name } = contract
    const attach = (): Question => {
      const questionId = randomness.uuid()
      const send = () => sendMessage(name, id, key, { type: 'Attach' }, { id: questionId })
      return { answerId: answerId(questionId), send }
    }
    return {
      id,
      async result({ timeout } = {}) {
        const reader = await resultsOf(name)
        // It cannot have been missed if the run was started here and none was forgotten since.
        const question = reader.forgotten === forgottenBefore ? null : attach()
        const outcome = reader.known(id) ?? (await reader.outcomeOf(id, question, timeout))
        if (outcome.status !== 'completed') throw errorOfOutcome(outcome)
        const what = `the output of run ${id}`
        return checked(
          contract.output,
          decodePayload(outcome.output),
          what,
          UsageError,
          'OUTPUT_INVALID',
        )
      },
      async signal(signal, payload) {
        const what = `signal '${signal.name}' to run ${id}`
        checked(signal.schema, payload, what, UsageError, 'SIGNAL_INVALID')
        const body = { name: signal.name, payload: encodePayload(payload ?? null, what) }
        await sendMessage(name, id, key, { type: 'Signal', ...body })
      },
      cancel: (reason = 'cancelled by a client') =>
        sendMessage(name, id, key, { type: 'Cancel', reason }),
      resume: () => sendMessage(name, id, key, { type: 'Resume' }),
    }
  }

  return {
    async start(contract, input, runOptions = {}) {
      const id = runOptions.id ?? randomness.uuid()
      const what = `the input of '${contract.name}'`
      checked(contract.input, input, what, UsageError, 'INPUT_INVALID')
      // Opened first, so that the result cannot be missed.
      const { forgotten } = await resultsOf(contract.name)
      const payload = encodePayload(input, what)
      const start: MessageBody = {
        type: 'Start',
        version: null,
        input: payload,
        parent: null,
        root: id,
      }
      const key = runOptions.key ?? id
      await sendMessage(contract.name, id, key, start, { traceparent: runOptions.traceparent })
      return handle(contract, id, key, forgotten)
    },
    get: (contract, id, getOptions = {}) => handle(contract, id, getOptions.key ?? id, null),
    list: (contract) => listRuns(log, codec, contract.name),
    async close() {
      outbound.close()
      const open = await Promise.allSettled(readers.values())
      for (const reader of open) if (reader.status === 'fulfilled') await reader.value.close()
      await options.onClose?.()
    },
  }
}
