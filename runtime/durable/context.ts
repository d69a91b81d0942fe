/** What the code of a workflow sees: every way in which it may touch anything but its input. */

import type { z } from 'zod'
import type { Duration } from '../duration.ts'
import type { Logger } from '../logger.ts'
import type { Contract, Signal } from './definition.ts'

export interface RetryPolicy {
  /** Default 1 second. */
  readonly firstDelay?: Duration
  /** Default 2. */
  readonly factor?: number
  /** Default 60 seconds. */
  readonly maxDelay?: Duration
  /** Attempts in all, then the run is parked. Default 10. */
  readonly attempts?: number
}

export interface StepOptions {
  readonly retry?: RetryPolicy
  /** From start to close of one attempt. Default 10 minutes. */
  readonly timeout?: Duration
}

/** What the body of a step sees. */
export interface StepContext {
  readonly runId: string
  /** The same in every attempt, after any crash: hand it to the outside world. */
  readonly idempotencyKey: string
  /** 1 for the first. Attempts that a crash cut short are not counted. */
  readonly attempt: number
  /** Aborted at the time-out, when the run is cancelled, and when the process stops. */
  readonly abortSignal: AbortSignal
  readonly logger: Logger
}

export interface CallOptions {
  /** Places the run by this key instead of its id, so that equal keys share a partition. */
  readonly key?: string
}

export interface StartOptions extends CallOptions {
  /** Default: derived from this run and the operation. The same id never runs twice. */
  readonly id?: string
}

/** A called run: await it for its output, or cancel it. */
export interface Call<T> extends Promise<T> {
  readonly runId: string
  /** Asks the called run to cancel; its outcome still arrives through the call. */
  cancel(): Promise<void>
}

export interface Context {
  readonly runId: string
  /** Silent during replay. */
  readonly logger: Logger

  /** Runs a body at least once and records its outcome once. Outputs are JSON. */
  step<T>(
    name: string,
    body: (step: StepContext) => T | Promise<T>,
    options?: StepOptions,
  ): Promise<T>

  sleep(duration: Duration): Promise<void>

  /** Awaits a signal; one that came earlier is taken at once. With a time-out: undefined after it. */
  waitFor<S extends z.ZodType>(signal: Signal<S>): Promise<z.output<S>>
  waitFor<S extends z.ZodType>(
    signal: Signal<S>,
    options: { readonly timeout?: Duration },
  ): Promise<z.output<S> | undefined>

  /**
   * Runs another definition and awaits its output.
   * Rejects with TerminalError or TimeoutError when that run fails, CancelledError when it is cancelled.
   */
  call<I extends z.ZodType, O extends z.ZodType>(
    contract: Contract<I, O>,
    input: z.input<NoInfer<I>>,
    options?: CallOptions,
  ): Call<z.output<O>>

  /** Starts a run that lives on its own; resolves once the start is recorded. */
  start<I extends z.ZodType, O extends z.ZodType>(
    contract: Contract<I, O>,
    input: z.input<NoInfer<I>>,
    options?: StartOptions,
  ): Promise<{ readonly runId: string }>

  /** Publishes a JSON record at least once, each copy with the same `ce_id`; resolves once that is recorded. */
  publish(topic: string, key: string, payload: unknown): Promise<void>

  /** Begins again with the same id and a new input, and drops all recorded outcomes. */
  continueAsNew(input: unknown): Promise<never>

  /** Epoch milliseconds of the entry that the code last awaited: the same in every replay. */
  now(): number
  /** At least 0, below 1: the same sequence in every replay. */
  random(): number
  uuid(): string
}
