/**
 * Runs the bodies of a run's steps and turns what comes of them into entries.
 *
 * 1. A step has at most one body under way here; what a body brings after its step was settled, or
 *    after the execution was given up, is dropped.
 * 2. A step stays active from its beginning until its outcome is decided, so that a limit on busy
 *    runs counts it; while it waits for its next attempt it is not.
 */

import { assertNever } from '../assert-never.ts'
import { parseDuration } from '../duration.ts'
import { TerminalError, TimeoutError } from '../errors.ts'
import type { EntryBody } from '../../schemas/records.ts'
import type { StepContext } from './context.ts'
import type { ExecutionHost } from './execution.ts'
import type { Operation, StepBody } from './operation.ts'
import { encodePayload, failureOf, parked } from './payload.ts'
import { afterFailure } from './retry.ts'
import { StepAttempt } from './step-attempt.ts'

const defaultTimeoutMs = 600_000

export class StepRunner {
  readonly #host: ExecutionHost
  readonly #runId: string
  readonly #onActivity: () => void
  readonly #onParked: () => void
  readonly #open = new Map<number, Operation>()
  readonly #active = new Set<number>()
  readonly #attempts = new Map<number, StepAttempt>()

  constructor(host: ExecutionHost, runId: string, onActivity: () => void, onParked: () => void) {
    this.#host = host
    this.#runId = runId
    this.#onActivity = onActivity
    this.#onParked = onParked
  }

  /** True while a body is under way or an outcome is not decided yet. */
  get isActive(): boolean {
    return this.#active.size > 0
  }

  /** True while a body is under way. */
  get hasBodies(): boolean {
    return this.#attempts.size > 0
  }

  /** Runs the body as soon as the owner lets it. */
  begin(operation: Operation, attempt: number): void {
    const { body, index } = operation
    if (body === null) return
    this.#open.set(index, operation)
    this.#active.add(index)
    this.#onActivity()
    this.#host.admit(() => {
      if (this.#open.get(index) === operation) this.#attempt(operation, body, attempt)
    })
  }

  /** Begins the next attempt at its time. */
  retryAt(operation: Operation, attempt: number, time: number): void {
    const { index } = operation
    this.#open.set(index, operation)
    this.#active.delete(index)
    this.#onActivity()
    const early = this.#host.sabotage === 'retry-begins-early' ? 50 : 0
    this.#host.at(time - early, () => {
      const isWaiting = this.#open.get(index) === operation && !this.#active.has(index)
      if (isWaiting) this.begin(operation, attempt)
    })
  }

  /** The step is settled: nobody wants its outcome any more. */
  close(index: number): void {
    if (!this.#open.delete(index)) return
    this.#active.delete(index)
    this.#attempts.get(index)?.abort()
    this.#attempts.delete(index)
    this.#onActivity()
  }

  /** Tells every body to abort and drops what they will bring. */
  dispose(): void {
    for (const attempt of this.#attempts.values()) attempt.abort()
    this.#attempts.clear()
    this.#open.clear()
    this.#active.clear()
  }

  #attempt(operation: Operation, body: StepBody, attempt: number): void {
    const { index, name } = operation
    const current = new StepAttempt()
    this.#attempts.set(index, current)
    const settle = (entryOf: () => EntryBody) => {
      if (this.#attempts.get(index) !== current) return
      const entry = entryOf()
      this.#attempts.delete(index)
      this.#host.emit(entry)
      if (entry.type === 'RunParked') this.#onParked()
    }
    const fail = (error: unknown) => {
      settle(() => {
        try {
          return this.#failed(operation, body, attempt, error)
        } catch (cause) {
          // The policy itself cannot be followed, such as a delay that is no duration.
          return parked(cause)
        }
      })
    }
    const complete = (value: unknown) => {
      try {
        const output = encodePayload(value, `the output of step '${name}' of run ${this.#runId}`)
        settle(() => ({ type: 'StepCompleted', index, name, attempt, output }))
      } catch (error) {
        fail(error)
      }
    }
    try {
      const value = body.run(this.#context(operation, attempt, current))
      if (value instanceof Promise) this.#within(operation, body, current, value, complete, fail)
      else complete(value)
    } catch (error) {
      fail(error)
    }
  }

  /** Awaits the body; what is not there at the time-out is a TimeoutError. */
  #within(
    { name }: Operation,
    body: StepBody,
    current: StepAttempt,
    value: Promise<unknown>,
    complete: (value: unknown) => void,
    fail: (error: unknown) => void,
  ): void {
    const timeoutMs = parseDuration(body.options.timeout ?? defaultTimeoutMs)
    const stop = this.#host.clock.after(timeoutMs, () => {
      const message = `step '${name}' of run ${this.#runId} took longer than ${String(timeoutMs)} ms`
      fail(new TimeoutError(message))
      current.abort()
    })
    value.then(
      (output) => {
        stop()
        complete(output)
      },
      (error: unknown) => {
        stop()
        fail(error)
      },
    )
  }

  /** The entry for a failed attempt: another is due, or the failure is the outcome, or the run parks. */
  #failed(operation: Operation, body: StepBody, attempt: number, error: unknown): EntryBody {
    const { index, name } = operation
    const { clock, randomness } = this.#host
    const verdict = afterFailure(body.options.retry ?? {}, attempt, error, randomness.number())
    const failure = failureOf(error, 'STEP_FAILED')
    const failed = { type: 'StepFailed', index, name, attempt, error: failure } as const
    switch (verdict.next) {
      case 'fail':
        return { ...failed, retryAt: null }
      case 'attempt':
        return { ...failed, retryAt: clock.now() + verdict.delayMs }
      case 'park': {
        const message = `step '${name}' of run ${this.#runId} failed in all ${String(attempt)} attempts, the last with: ${failure.message}`
        const details = { step: name, index, attempt, cause: failure }
        return parked(new TerminalError(message, { code: 'STEP_EXHAUSTED', details }))
      }
      default:
        return assertNever(verdict)
    }
  }

  #context(operation: Operation, attempt: number, current: StepAttempt): StepContext {
    const host = this.#host
    const key = `${this.#runId}/${String(operation.index)}/${operation.name}`
    return {
      runId: this.#runId,
      idempotencyKey:
        host.sabotage === 'key-differs-per-attempt' ? `${key}/${host.randomness.uuid()}` : key,
      attempt,
      get abortSignal() {
        return current.signal
      },
      get logger() {
        return host.logger
      },
    }
  }
}
