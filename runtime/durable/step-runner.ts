/**
 * Runs the bodies of a run's steps and turns what comes of them into entries.
 *
 * 1. A step has at most one body under way here; what a body brings after its step was settled, or
 *    after the execution was given up, is dropped.
 * 2. No body begins before every entry that the code was handed when it asked is decided.
 * 3. A step stays active until its outcome is delivered, so that a limit on busy runs counts it; while
 *    it waits for its next attempt it is not.
 */

import { assertNever } from '../assert-never.ts'
import { parseDuration } from '../duration.ts'
import { TerminalError, TimeoutError } from '../errors.ts'
import type { EntryBody, Payload } from '../../schemas/records.ts'
import type { ExecutionHost } from './execution-host.ts'
import type { Operation, StepBody } from './operation.ts'
import { encodePayload, failureOf, parked } from './payload.ts'
import { afterFailure } from './retry.ts'
import { StepAttempt } from './step-attempt.ts'

const defaultTimeoutMs = 600_000

interface OpenStep {
  readonly operation: Operation
  isActive: boolean
  /** The attempt whose body is under way. */
  attempt: StepAttempt | null
}

export interface StepRunnerOptions {
  /** Seq of the last entry that the code was handed. */
  readonly handed: () => number
  readonly onActivity: () => void
  readonly onParked: (body: EntryBody) => void
}

export class StepRunner {
  readonly #host: ExecutionHost
  readonly #runId: string
  readonly #options: StepRunnerOptions
  readonly #open = new Map<number, OpenStep>()
  #active = 0

  constructor(host: ExecutionHost, runId: string, options: StepRunnerOptions) {
    this.#host = host
    this.#runId = runId
    this.#options = options
  }

  /** True while a body is under way or waits for its turn. */
  get isActive(): boolean {
    return this.#active > 0
  }

  /** True while a body is under way. */
  get hasBodies(): boolean {
    return [...this.#open.values()].some((step) => step.attempt !== null)
  }

  /** Runs the body as soon as the owner lets it, and never before a time. */
  begin(operation: Operation, attempt: number, notBefore = -Infinity): void {
    const { body } = operation
    if (body === null) return
    const step = this.#opened(operation, true)
    this.#host.admit(this.#options.handed(), () => {
      if (this.#open.get(operation.index) !== step) return
      // The clock may have been set back while the owner held it.
      if (this.#host.clock.now() < notBefore) this.retryAt(operation, attempt, notBefore)
      else this.#attempt(step, body, attempt)
    })
  }

  /** Begins the next attempt at its time. */
  retryAt(operation: Operation, attempt: number, time: number): void {
    const step = this.#opened(operation, false)
    const dueAt = this.#host.sabotage === 'retry-begins-early' ? time - 50 : time
    this.#host.at(dueAt, () => {
      const isWaiting = this.#open.get(operation.index) === step && !step.isActive
      if (isWaiting) this.begin(operation, attempt, dueAt)
    })
  }

  /** The step is settled: nobody wants its outcome any more. */
  close(index: number): void {
    const step = this.#open.get(index)
    if (step === undefined) return
    this.#open.delete(index)
    abort(step)
    this.#setActive(step, false)
  }

  /** Tells every body to abort and drops what they will bring. */
  dispose(): void {
    for (const step of this.#open.values()) abort(step)
    this.#open.clear()
    this.#active = 0
  }

  #opened(operation: Operation, isActive: boolean): OpenStep {
    let step = this.#open.get(operation.index)
    if (step === undefined) {
      step = { operation, isActive: false, attempt: null }
      this.#open.set(operation.index, step)
    }
    this.#setActive(step, isActive)
    return step
  }

  #setActive(step: OpenStep, isActive: boolean): void {
    if (step.isActive !== isActive) this.#active += isActive ? 1 : -1
    step.isActive = isActive
    this.#options.onActivity()
  }

  #attempt(step: OpenStep, body: StepBody, number: number): void {
    const attempt = new StepAttempt(this.#host, this.#runId, step.operation, number)
    step.attempt = attempt
    let value: unknown
    try {
      value = body.run(attempt)
      if (value instanceof Promise) {
        this.#within(step, body, attempt, value)
        return
      }
    } catch (error) {
      this.#fail(step, body, attempt, error)
      return
    }
    this.#complete(step, body, attempt, value)
  }

  /** Awaits the body; what is not there at the time-out is a TimeoutError. */
  #within(step: OpenStep, body: StepBody, attempt: StepAttempt, value: Promise<unknown>): void {
    const timeoutMs = parseDuration(body.options.timeout ?? defaultTimeoutMs)
    const stop = this.#host.clock.after(timeoutMs, () => {
      const message = `step '${step.operation.name}' of run ${this.#runId} took longer than ${String(timeoutMs)} ms`
      this.#fail(step, body, attempt, new TimeoutError(message))
      attempt.abort()
    })
    value.then(
      (output) => {
        stop()
        this.#complete(step, body, attempt, output)
      },
      (error: unknown) => {
        stop()
        this.#fail(step, body, attempt, error)
      },
    )
  }

  #complete(step: OpenStep, body: StepBody, current: StepAttempt, value: unknown): void {
    const { index, name } = step.operation
    const { attempt } = current
    let output: Payload
    try {
      output = encodePayload(value, `the output of step '${name}' of run ${this.#runId}`)
    } catch (error) {
      this.#fail(step, body, current, error)
      return
    }
    this.#settle(step, current, { type: 'StepCompleted', index, name, attempt, output })
  }

  #fail(step: OpenStep, body: StepBody, current: StepAttempt, error: unknown): void {
    // A body that was given up decides nothing, and draws no delay.
    if (step.attempt !== current) return
    let entry: EntryBody
    try {
      entry = this.#failed(step.operation, body, current.attempt, error)
    } catch (cause) {
      // The policy itself cannot be followed, such as a delay that is no duration.
      entry = parked(cause)
    }
    this.#settle(step, current, entry)
  }

  #settle(step: OpenStep, attempt: StepAttempt, entry: EntryBody): void {
    if (step.attempt !== attempt) return
    step.attempt = null
    if (entry.type === 'RunParked') this.#options.onParked(entry)
    else this.#host.emit(entry)
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
}

/** What the body still brings is nobody's any more. */
function abort(step: OpenStep): void {
  step.attempt?.abort()
  step.attempt = null
}
