/**
 * The execution of a run: its code, driven by the run's entries.
 *
 * 1. Entries are delivered one at a time in journal order; before the next, every microtask of the
 *    code has run. So the order in which the code sees outcomes is that of the journal, in replay
 *    as in the first run, and native promise combinators need no help.
 * 2. An entry is delivered once it is queued, and the code runs ahead of the journal: what it asks
 *    for is queued behind, and is dropped with what it rests on if that never lands. But it goes
 *    only some entries ahead, and no body begins before all that its code was handed is decided.
 * 3. While replaying, nothing is started and nothing is emitted. When the history and what is queued
 *    have been delivered, what the code still awaits is started, and the rest that it asked for emitted.
 * 4. What the code sees of a value is what was recorded, never what a body returned.
 * 5. A suspended run is a promise that does not settle; giving up an execution is forgetting it.
 */

import { assertNever } from '../assert-never.ts'
import type { Randomness } from '../clock.ts'
import { silentLogger, type Logger } from '../logger.ts'
import type { Entry, EntryBody, Payload } from '../../schemas/records.ts'
import type { AnyWorkflow } from './definition.ts'
import { EntryFeed } from './entry-feed.ts'
import { ExecutionCancellation } from './execution-cancellation.ts'
import type { ExecutionHost } from './execution-host.ts'
import { watchForeignAwait } from './foreign-await.ts'
import { Operations, type Operation, type OperationRequest } from './operation.ts'
import { decodePayload, errorOf, errorOfOutcome, parked } from './payload.ts'
import { endingOf, inputOf, type Settled } from './run-code.ts'
import { runContext } from './run-context.ts'
import type { RunState } from './run-state.ts'
import { seededRandomness } from './seeded-random.ts'
import { beginWait, endWait, receiveSignal, type SignalBook } from './signals.ts'
import { StepRunner } from './step-runner.ts'

export class Execution {
  readonly runId: string
  readonly #host: ExecutionHost
  readonly #definition: AnyWorkflow
  readonly #run: RunState
  readonly #feed: EntryFeed
  #operations = new Operations(0)
  #randomness: Randomness
  #now = 0
  #isPumping = false
  #isOver = false
  #isBusy = false
  readonly #steps: StepRunner
  readonly #book: SignalBook<{ readonly name: string; readonly value: unknown }> = {
    waits: [],
    signals: [],
  }
  readonly #cancellation: ExecutionCancellation
  #settled: Settled | null = null

  /** @param queued what is queued for the run; entries of its history are passed over */
  constructor(
    host: ExecutionHost,
    definition: AnyWorkflow,
    run: RunState,
    queued: readonly Entry[] = [],
  ) {
    this.runId = run.runId
    this.#host = host
    this.#definition = definition
    this.#run = run
    this.#feed = new EntryFeed(run, queued)
    this.#cancellation = new ExecutionCancellation(run.runId, this.#feed)
    this.#randomness = seededRandomness(run.runId)
    this.#steps = new StepRunner(host, run.runId, {
      handed: () => this.#feed.handed,
      onActivity: () => {
        this.#updateBusy()
      },
      onParked: (body) => {
        this.#leave(body)
      },
    })
  }

  get now(): number {
    return this.#now
  }

  get randomness(): Randomness {
    return this.#randomness
  }

  /** True when the run only waits for what others or time will bring. */
  get isSuspended(): boolean {
    return !this.#isBusy && !this.#isOver
  }

  /** True while its code runs or a body is under way. */
  get isWorking(): boolean {
    return this.#isPumping || this.#steps.hasBodies
  }

  get logger(): Logger {
    return this.#feed.isReplaying ? silentLogger : this.#host.logger
  }

  /** Begins the code and replays the history. */
  start(): void {
    const first = this.#feed.next()
    if (first?.body.type !== 'RunStarted' && first?.body.type !== 'RunContinued') {
      throw new Error(`the history of run ${this.runId} does not begin with its start`)
    }
    if (first.body.type === 'RunContinued') {
      this.#operations = new Operations(first.body.index)
      this.#randomness = seededRandomness(`${this.runId}/${String(first.body.index)}`)
    }
    this.#now = first.at
    this.#isPumping = true
    this.#updateBusy()
    this.#begin(first.body.input)
    this.#pump()
  }

  #begin(payload: Payload): void {
    try {
      const input = inputOf(this.runId, this.#definition, payload)
      const context = runContext(this)
      void this.#invoke(() => this.#definition.run(context, input))
    } catch (error) {
      this.#settled = { error }
    }
  }

  /** Delivers an entry that was queued after the execution was made. */
  deliver(entry: Entry): void {
    if (this.#isOver) return
    this.#feed.add(entry)
    if (this.#isPumping) return
    this.#isPumping = true
    this.#updateBusy()
    this.#deliverNext()
    this.#pump()
  }

  /** Forgets the run's code; bodies under way are told to abort and their outcomes dropped. */
  dispose(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#steps.dispose()
    this.#updateBusy()
  }

  /** Asks for an operation: the code's only way to anything outside. */
  ask(request: OperationRequest): { readonly index: number; readonly promise: Promise<unknown> } {
    const { operation, promise } = this.#operations.add(request)
    if (this.#isOver) return { index: operation.index, promise }
    if (this.#cancellation.claim()) {
      this.#reject(operation, this.#cancellation.error())
    } else if (!this.#feed.isReplaying || this.#host.sabotage === 'replay-runs-bodies') {
      this.#activate(operation)
    }
    return { index: operation.index, promise }
  }

  async #invoke(run: () => Promise<unknown>): Promise<void> {
    try {
      this.#settled = { output: await run() }
    } catch (error) {
      this.#settled = { error }
    }
    if (!this.#isPumping) this.#conclude()
  }

  /** Lets the code run until it waits, then delivers the next entry, until there is none. */
  #pump(): void {
    void this.#host.clock.yield().then(this.#afterTurn)
  }

  readonly #afterTurn = (): void => {
    if (!this.#isOver) this.#host.keepUp(this.#feed.handed, this.#goOn)
  }

  readonly #goOn = (): void => {
    if (this.#isOver) return
    if (this.#settled !== null) {
      this.#conclude()
    } else if (this.#deliverNext()) {
      this.#pump()
    } else if (this.#feed.isReplaying) {
      this.#feed.endReplay()
      this.#activateAll(this.#operations.open())
      this.#pump()
    } else {
      this.#isPumping = false
      this.#updateBusy()
      if (this.#operations.size === 0) this.#suspectForeignAwait()
    }
  }

  #deliverNext(): boolean {
    const entry = this.#feed.next()
    if (entry === undefined) return false
    try {
      this.#apply(entry)
    } catch (error) {
      this.#park(error)
    }
    return true
  }

  #apply(entry: Entry): void {
    const { body } = entry
    const operation = this.#operations.matching(entry)
    this.#now = Math.max(this.#now, entry.at)
    switch (body.type) {
      case 'StepCompleted':
        if (operation !== undefined) this.#resolve(operation, decodePayload(body.output))
        return
      case 'StepFailed':
        if (operation === undefined) return
        if (body.retryAt === null) this.#reject(operation, errorOf(body.error))
        else this.#steps.retryAt(operation, body.attempt + 1, body.retryAt)
        return
      case 'CallRequested':
        if (!body.detached) this.#cancellation.callBegan(body.index)
        if (operation === undefined) return
        operation.request = null
        if (operation.kind === 'start') this.#resolve(operation, undefined)
        return
      case 'TimerSet':
        if (operation !== undefined) operation.request = null
        return
      case 'CallCancelled':
      case 'Published':
        if (operation !== undefined) this.#resolve(operation, undefined)
        return
      case 'WaitStarted': {
        if (operation !== undefined) operation.request = null
        const signal = beginWait(this.#book, body)
        if (signal !== undefined) this.#resolveAt(body.index, signal.value)
        return
      }
      case 'SignalReceived': {
        const value = decodePayload(body.payload)
        const wait = receiveSignal(this.#book, { name: body.name, value })
        if (wait !== undefined) this.#resolveAt(wait.index, value)
        return
      }
      case 'TimerFired':
        endWait(this.#book, body.index)
        this.#resolveAt(body.index, undefined)
        return
      case 'CallCompleted': {
        this.#cancellation.callEnded(body.index)
        const call = this.#operations.get(body.index)
        if (call !== undefined && body.outcome.status === 'completed') {
          this.#resolve(call, decodePayload(body.outcome.output))
        } else if (call !== undefined && body.outcome.status !== 'completed') {
          this.#reject(call, errorOfOutcome(body.outcome))
        }
        this.#heedCancellation()
        return
      }
      case 'CancelRequested':
        this.#cancellation.request(body.reason)
        this.#heedCancellation()
        return
      case 'RunParked':
      case 'RunResumed':
      case 'RunStarted':
      case 'RunContinued':
      case 'RunCompleted':
      case 'RunFailed':
      case 'RunCancelled':
        throw new Error(`run ${this.runId} was handed a ${body.type}`)
      default:
        assertNever(body)
    }
  }

  #activateAll(operations: readonly Operation[]): void {
    try {
      for (const operation of operations) this.#activate(operation)
    } catch (error) {
      this.#park(error)
    }
  }

  #activate(operation: Operation): void {
    if (this.#isOver) return
    const retry = this.#run.retries.get(operation.index)
    if (operation.kind === 'step' && retry !== undefined) {
      this.#steps.retryAt(operation, retry.attempt + 1, retry.retryAt)
    } else if (this.#cancellation.postpone(operation)) {
      return
    } else if (operation.kind === 'step') {
      this.#steps.begin(operation, 1)
    } else if (operation.kind === 'continue') {
      this.#continue(operation)
    } else if (operation.request !== null) {
      this.#host.emit(operation.request)
    }
  }

  /** Ends the generation: what its code still asks for is no part of the next one. */
  #continue({ request }: Operation): void {
    // The next generation would not know of a cancellation that waits for a called run.
    if (request === null || this.#cancellation.isPending) return
    this.#leave(request)
  }

  #resolveAt(index: number, value: unknown): void {
    const operation = this.#operations.get(index)
    if (operation !== undefined) this.#resolve(operation, value)
  }

  #resolve(operation: Operation, value: unknown): void {
    this.#close(operation)
    operation.resolve(value)
  }

  #reject(operation: Operation, error: Error): void {
    this.#close(operation)
    operation.reject(error)
  }

  #close(operation: Operation): void {
    this.#operations.settle(operation.index)
    this.#steps.close(operation.index)
  }

  #updateBusy(): void {
    const isBusy = !this.#isOver && (this.#isPumping || this.#steps.isActive)
    if (isBusy === this.#isBusy) return
    this.#isBusy = isBusy
    this.#host.setBusy(isBusy)
  }

  /** An entry may have let the cancellation take effect; what was postponed till then goes on. */
  #heedCancellation(): void {
    if (this.#cancellation.deliver(this.#operations.size)) {
      this.#book.waits = []
      for (const operation of this.#operations.open()) {
        this.#reject(operation, this.#cancellation.error())
      }
    }
    for (const operation of this.#cancellation.takePostponed()) {
      if (this.#operations.get(operation.index) === operation) this.#activate(operation)
    }
  }

  /** The code has settled: its outcome is the run's, unless the journal has what it never asked for. */
  #conclude(): void {
    if (this.#isOver || this.#settled === null) return
    try {
      for (let entry = this.#feed.next(); entry !== undefined; entry = this.#feed.next()) {
        this.#operations.matching(entry)
      }
      const { isRequested } = this.#cancellation
      this.#leave(endingOf(this.runId, this.#definition, this.#settled, isRequested))
    } catch (error) {
      this.#leave(parked(error))
    }
  }

  #park(error: unknown): void {
    if (!this.#isOver) this.#leave(parked(error))
  }

  /** Emits the last entry of this execution, which is not handed to its code. */
  #leave(body: EntryBody): void {
    this.#isOver = true
    this.#host.emit(body)
    this.#steps.dispose()
    this.#updateBusy()
  }

  #suspectForeignAwait(): void {
    const asked = this.#operations.next
    watchForeignAwait(this.#host, this.runId, (error) => {
      const isStuck = this.#operations.size === 0 && this.#operations.next === asked
      if (!this.#isOver && !this.#isPumping && isStuck) this.#park(error)
    })
  }
}
