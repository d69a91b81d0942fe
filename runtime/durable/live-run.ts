/** A run that its owner keeps: what is queued for it, and its execution while it is warm. */

import type { EntryBody } from '../../schemas/records.ts'
import { Execution } from './execution.ts'
import type { ExecutionHost } from './execution-host.ts'
import type { AnyWorkflow } from './definition.ts'
import type { QueuedForRun } from './intake.ts'
import type { RunState } from './run-state.ts'

export class LiveRun implements QueuedForRun {
  readonly runId: string
  /** Seq of the last entry folded or queued. */
  lastSeq: number
  /** The run's terminal entry is queued. */
  isEnding = false
  /** It is parked once what is queued has been folded. */
  isParked = false
  isCancelQueued = false
  /** Counted among the busy runs of the service. */
  isBusy = false
  /** When it was last seen doing something. */
  activeAt = 0
  readonly messageIds = new Set<string>()
  readonly replies = new Set<number>()
  #execution: Execution | null = null

  constructor(runId: string, lastSeq: number) {
    this.runId = runId
    this.lastSeq = lastSeq
  }

  get isSuspended(): boolean {
    return this.#execution?.isSuspended === true
  }

  get execution(): Execution | null {
    return this.#execution
  }

  /** Runs the code over the run's history, in place of an execution that was before. */
  execute(host: ExecutionHost, definition: AnyWorkflow, state: RunState): void {
    this.cool()
    this.#execution = new Execution(host, definition, state)
    this.#execution.start()
  }

  /** Gives up the function; the history remains. */
  cool(): void {
    this.#execution?.dispose()
    this.#execution = null
  }

  /** Notes a body that is being queued. */
  queued(body: EntryBody): void {
    this.lastSeq += 1
    if ('messageId' in body) this.messageIds.add(body.messageId)
    if (body.type === 'CallCompleted') this.replies.add(body.index)
    if (body.type === 'CancelRequested') this.isCancelQueued = true
    if (body.type === 'RunParked') this.isParked = true
    if (body.type === 'RunResumed' || body.type === 'CancelRequested') this.isParked = false
    if (isTerminal(body)) this.isEnding = true
  }
}

export function isTerminal(body: EntryBody): boolean {
  return body.type === 'RunCompleted' || body.type === 'RunFailed' || body.type === 'RunCancelled'
}
