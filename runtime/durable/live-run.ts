/** A run that its owner keeps at hand: what is queued for it, and its execution while it is warm. */

import type { Entry } from '../../schemas/records.ts'
import type { AnyWorkflow } from './definition.ts'
import { Execution } from './execution.ts'
import type { ExecutionHost } from './execution-host.ts'
import { isTerminal, type RunState } from './run-state.ts'

/** How many entries code may be handed ahead of the journal; while the log is away it stops there. */
const mostAhead = 16

interface AwaitedDecision {
  readonly seq: number
  readonly callback: () => void
}

export class LiveRun {
  readonly runId: string
  /** Its terminal entry is queued. */
  isEnding = false
  /** Counted among the busy runs of the service. */
  isBusy = false
  /** When it was last seen doing something. */
  activeAt = 0
  /** It was executed to see what it awaits, and nothing has come of that. */
  isOnlyExamined = false
  readonly #queued: Entry[] = []
  #awaitedDecisions: AwaitedDecision[] = []
  #execution: Execution | null = null

  constructor(runId: string) {
    this.runId = runId
  }

  get isSuspended(): boolean {
    return this.#execution?.isSuspended === true
  }

  get execution(): Execution | null {
    return this.#execution
  }

  /** Entries that are not decided yet, in order. */
  get queued(): readonly Entry[] {
    return this.#queued
  }

  /** Runs the code over the run's history and what is queued, in place of an earlier execution. */
  execute(host: ExecutionHost, definition: AnyWorkflow, state: RunState): void {
    this.cool()
    this.#execution = new Execution(host, definition, state, this.#queued)
    this.#execution.start()
  }

  /** Gives up the function; the history remains. */
  cool(): void {
    this.#execution?.dispose()
    this.#execution = null
    this.#awaitedDecisions = []
  }

  queue(entry: Entry): void {
    this.#queued.push(entry)
    this.isOnlyExamined = false
    if (isTerminal(entry.body)) this.isEnding = true
  }

  /** Calls back once everything up to an entry is decided. */
  onceDecided(seq: number, callback: () => void): void {
    const [first] = this.#queued
    if (first === undefined || first.seq > seq) callback()
    else this.#awaitedDecisions.push({ seq, callback })
  }

  /** Calls back as soon as few entries up to this one are undecided. */
  onceNear(seq: number, goOn: () => void): void {
    this.onceDecided(seq - mostAhead, goOn)
  }

  /** Everything up to this entry stands in the journal. */
  decided(seq: number): void {
    while (this.#queued[0] !== undefined && this.#queued[0].seq <= seq) this.#queued.shift()
    if (this.#awaitedDecisions.length === 0) return
    const ready = this.#awaitedDecisions.filter((awaited) => awaited.seq <= seq)
    this.#awaitedDecisions = this.#awaitedDecisions.filter((awaited) => awaited.seq > seq)
    for (const { callback } of ready) callback()
  }
}
