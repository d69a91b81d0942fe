/**
 * The live runs of one owned partition: their executions, timers, and what is queued for them.
 *
 * 1. An entry reaches an execution only after it was folded; a cold run is executed anew, over its
 *    history, when its next entry comes.
 * 2. A timer is armed once, when its entry is folded or its partition acquired, and asks for its
 *    entry only if the fold still holds it open.
 */

import { EncodedEntry } from '../../schemas/entry-bytes.ts'
import type { Entry, EntryBody } from '../../schemas/records.ts'
import type { Logger } from '../logger.ts'
import type { ExecutionHost } from './execution-host.ts'
import type { Kernel } from './kernel.ts'
import { isTerminal, LiveRun } from './live-run.ts'
import type { Partition } from './partition.ts'
import type { PartitionHost } from './partition-host.ts'
import { TimerHeap } from './timer-heap.ts'

export class RunTable {
  readonly #kernel: Kernel
  readonly #host: PartitionHost
  readonly #partition: Partition
  readonly #logger: Logger
  readonly #timers: TimerHeap
  readonly #live = new Map<string, LiveRun>()
  /** Bodies that may not begin yet. */
  #held: (() => void)[] = []

  constructor(kernel: Kernel, host: PartitionHost, partition: Partition, logger: Logger) {
    this.#kernel = kernel
    this.#host = host
    this.#partition = partition
    this.#logger = logger
    this.#timers = new TimerHeap(kernel.clock)
  }

  get size(): number {
    return this.#live.size
  }

  /** True while code runs or a body is under way. */
  get isWorking(): boolean {
    return [...this.#live.values()].some((run) => run.execution?.isWorking === true)
  }

  get(runId: string): LiveRun | undefined {
    return this.#live.get(runId)
  }

  /** The run's next entry, to be queued; null once the run is ending. */
  nextEntry(runId: string, body: EntryBody): Entry | null {
    const run = this.#live.get(runId) ?? this.#newRun(runId, 0)
    if (run.isEnding) return null
    // Encoded first: a body that cannot be must not leave a hole behind it.
    const entry = new EncodedEntry(runId, run.lastSeq + 1, this.#kernel.clock.now(), body)
    run.queued(body)
    if (body.type === 'RunStarted') this.#setBusy(run, true)
    const isEarly = this.#kernel.settings.sabotage === 'act-before-decided'
    if (isEarly && body.type === 'StepCompleted') run.execution?.deliver(entry)
    return entry
  }

  /** Lets an entry that was folded have its effect. */
  act(entry: Entry): void {
    const { body, runId } = entry
    const state = this.#partition.state.runs.get(runId)
    const run = this.#live.get(runId) ?? this.#newRun(runId, entry.seq)
    run.lastSeq = Math.max(run.lastSeq, entry.seq)
    run.activeAt = this.#kernel.clock.now()
    if ('messageId' in body) run.messageIds.delete(body.messageId)
    if (body.type === 'CallCompleted') run.replies.delete(body.index)
    if (body.type === 'CancelRequested') run.isCancelQueued = false
    if (isTerminal(body) || state === undefined) {
      this.#dropRun(run)
      this.#live.delete(runId)
      this.#partition.takeIn()
      return
    }
    switch (body.type) {
      case 'RunStarted':
      case 'RunContinued':
      case 'RunResumed':
        this.#execute(run)
        return
      case 'RunParked':
        this.#logger.warn({ runId, code: body.error.code, cause: body.error.message }, 'run parked')
        this.#dropRun(run)
        return
      case 'TimerSet':
      case 'WaitStarted':
        this.#armTimer(runId, body.index)
        break
      default:
        break
    }
    // A later entry of the same commit may have parked or ended it.
    if (state.status !== 'live') return
    if (run.execution === null) this.#execute(run)
    else run.execution.deliver(entry)
  }

  /** Executes every run of a partition that was acquired. */
  resumeAll(): void {
    if (this.#kernel.settings.sabotage === 'runs-not-resumed') return
    for (const [runId, state] of this.#partition.state.runs) {
      if (state.status === 'ended') continue
      const run = this.#newRun(runId, state.seq)
      run.isParked = state.status === 'parked'
      if (this.#kernel.settings.sabotage !== 'timer-dropped-on-take-over') {
        for (const index of state.timers.keys()) this.#armTimer(runId, index)
      }
      if (state.status === 'live') this.#execute(run)
    }
  }

  #execute(run: LiveRun): void {
    const state = this.#partition.state.runs.get(run.runId)
    if (state === undefined) return
    const definition = this.#host.definitionOf(state.version)
    if (definition === undefined) {
      const { version } = state
      this.#logger.warn(
        { runId: run.runId, version, code: 'VERSION_UNKNOWN' },
        'run waits for its version',
      )
      this.#setBusy(run, false)
      return
    }
    run.execute(this.#executionHost(run), definition, state)
  }

  #executionHost(run: LiveRun): ExecutionHost {
    const { clock, randomness, settings } = this.#kernel
    const isCurrent = () => this.#live.get(run.runId) === run
    const parent = this.#logger
    let logger: Logger | undefined
    return {
      clock,
      randomness,
      get logger() {
        return (logger ??= parent.child({ runId: run.runId }))
      },
      sabotage: settings.sabotage,
      get isCancelQueued() {
        return run.isCancelQueued
      },
      get isReplyQueued() {
        return run.replies.size > 0
      },
      emit: (body) => {
        if (isCurrent()) this.#partition.enter(run.runId, body, null)
      },
      admit: (begin) => {
        if (this.#partition.isActing) begin()
        else this.#held.push(begin)
      },
      at: (time, callback) => {
        this.#timers.at(time, () => {
          if (isCurrent()) callback()
        })
      },
      setBusy: (isBusy) => {
        this.#setBusy(run, isBusy)
      },
    }
  }

  #armTimer(runId: string, index: number): void {
    const dueAt = this.#partition.state.runs.get(runId)?.timers.get(index)
    if (dueAt === undefined) return
    const early = this.#kernel.settings.sabotage === 'timer-fires-early' ? 50 : 0
    this.#timers.at(dueAt - early, () => {
      const isOpen = this.#partition.state.runs.get(runId)?.timers.get(index) === dueAt
      const isTwice = this.#kernel.settings.sabotage === 'timer-fires-twice'
      if (isOpen && isTwice) this.#partition.enter(runId, { type: 'TimerFired', index }, null)
      if (isOpen) this.#partition.enter(runId, { type: 'TimerFired', index }, null)
    })
  }

  #newRun(runId: string, lastSeq: number): LiveRun {
    const run = new LiveRun(runId, lastSeq)
    this.#live.set(runId, run)
    return run
  }

  #dropRun(run: LiveRun): void {
    run.cool()
    this.#setBusy(run, false)
  }

  #setBusy(run: LiveRun, isBusy: boolean): void {
    if (run.isBusy === isBusy) return
    run.isBusy = isBusy
    run.activeAt = this.#kernel.clock.now()
    this.#host.busyChanged(isBusy)
  }

  /** Runs suspended since before this time give up their functions. */
  coolBefore(time: number): void {
    for (const run of this.#live.values()) {
      const state = this.#partition.state.runs.get(run.runId)
      // What is queued and not decided yet, another execution would ask for again.
      const isAtRest = state !== undefined && state.retries.size === 0 && state.seq >= run.lastSeq
      if (!run.isSuspended || run.activeAt >= time || !isAtRest) continue
      run.cool()
      state.history.compact()
    }
  }

  /** The partition acts again: bodies that were held back begin. */
  beginHeld(): void {
    if (!this.#partition.isActing) return
    const held = this.#held
    this.#held = []
    for (const begin of held) begin()
  }

  stopTimers(): void {
    this.#timers.clear()
  }

  /** Drops every run; what they still bring is ignored. */
  clear(): void {
    for (const run of this.#live.values()) this.#dropRun(run)
    this.#live.clear()
    this.#timers.clear()
    this.#held = []
  }
}
