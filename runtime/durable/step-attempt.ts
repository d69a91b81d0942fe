/** One attempt of a step, as its body sees it. Most bodies use little of it: it is made when asked for. */

import type { Logger } from '../logger.ts'
import type { StepContext } from './context.ts'
import type { ExecutionHost } from './execution-host.ts'
import type { Operation } from './operation.ts'

export class StepAttempt implements StepContext {
  readonly runId: string
  readonly attempt: number
  readonly #host: ExecutionHost
  readonly #operation: Operation
  #controller: AbortController | null = null
  #isAborted = false

  constructor(host: ExecutionHost, runId: string, operation: Operation, attempt: number) {
    this.#host = host
    this.#operation = operation
    this.runId = runId
    this.attempt = attempt
  }

  get idempotencyKey(): string {
    const { index, name } = this.#operation
    const key = `${this.runId}/${String(index)}/${name}`
    return this.#host.sabotage === 'key-differs-per-attempt'
      ? `${key}/${this.#host.randomness.uuid()}`
      : key
  }

  get logger(): Logger {
    return this.#host.logger
  }

  get abortSignal(): AbortSignal {
    this.#controller ??= new AbortController()
    if (this.#isAborted) this.#controller.abort()
    return this.#controller.signal
  }

  /** Tells the body that its outcome is no longer wanted. */
  abort(): void {
    this.#isAborted = true
    this.#controller?.abort()
  }
}
