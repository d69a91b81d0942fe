/** One attempt of a step: its abort signal, made only when the body asks for it, as most never do. */

export class StepAttempt {
  #controller: AbortController | null = null
  #isAborted = false

  get signal(): AbortSignal {
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
