/**
 * The live runs of one owned partition: their executions, and what is queued for them.
 *
 * 1. An entry reaches an execution once it is queued, and has its effects once it is folded. A cold
 *    run is executed anew, over its history and what is queued, when its next entry is folded.
 * 2. A run is at rest when its code awaits only what is recorded: nothing queued, no body, no retry.
 *    An owner notes it in the state; the next one does not execute such a run before its next entry.
 */

import { EncodedEntry } from '../../schemas/entry-bytes.ts'
import type { Entry, EntryBody } from '../../schemas/records.ts'
import type { Logger } from '../logger.ts'
import type { ExecutionHost } from './execution-host.ts'
import type { Kernel } from './kernel.ts'
import { LiveRun } from './live-run.ts'
import type { Partition } from './partition.ts'
import type { PartitionHost } from './partition-host.ts'
import { awaitsAnything, isTerminal, type RunState } from './run-state.ts'
import { RunTimers } from './run-timers.ts'

/** Little enough for others to be served between one turn and the next. */
const executedPerTurn = 256

export class RunTable {
  readonly #kernel: Kernel
  readonly #host: PartitionHost
  readonly #partition: Partition
  readonly #logger: Logger
  readonly #timers: RunTimers
  readonly #live = new Map<string, LiveRun>()
  /** Begin bodies once the partition acts again. */
  #postponedBodies: (() => void)[] = []
  /** Runs not known to be at rest, which are being executed after a take-over. */
  #restless: readonly string[] = []

  constructor(kernel: Kernel, host: PartitionHost, partition: Partition, logger: Logger) {
    this.#kernel = kernel
    this.#host = host
    this.#partition = partition
    this.#logger = logger
    this.#timers = new RunTimers(kernel, partition)
  }

  /** True while code runs or a body is under way. */
  get isWorking(): boolean {
    return [...this.#live.values()].some((run) => run.execution?.isWorking === true)
  }

  /** What is queued for a run and not decided yet. */
  queued(runId: string): readonly Entry[] {
    return this.#live.get(runId)?.queued ?? []
  }

  /** The run's next entry, to be queued and then delivered; null once the run is ending. */
  nextEntry(runId: string, body: EntryBody): Entry | null {
    const run = this.#kept(runId)
    if (run.isEnding) return null
    const last = run.queued.at(-1)?.seq ?? this.#partition.state.runs.get(runId)?.seq ?? 0
    // Encoded first: a body that cannot be must not leave a hole behind it.
    const entry = new EncodedEntry(runId, last + 1, this.#kernel.clock.now(), body)
    run.queue(entry)
    if (body.type === 'RunStarted') this.#setBusy(run, true)
    return entry
  }

  /** Hands an entry that was queued to the run's code, if that is warm. */
  deliver(entry: Entry): void {
    this.#live.get(entry.runId)?.execution?.deliver(entry)
  }

  /** Lets an entry that was folded have its effect. */
  act(entry: Entry): void {
    const { body, runId, seq } = entry
    const state = this.#partition.state.runs.get(runId)
    const run = this.#kept(runId)
    run.activeAt = this.#kernel.clock.now()
    if (isTerminal(body) || state === undefined) {
      this.#drop(run)
      this.#partition.takeIn()
      return
    }
    run.decided(seq)
    switch (body.type) {
      case 'RunStarted':
      case 'RunContinued':
      case 'RunResumed':
        this.#execute(run)
        return
      case 'RunParked':
        this.#logger.warn({ runId, code: body.error.code, cause: body.error.message }, 'run parked')
        // A later entry of the same commit may have resumed it: that one executes it anew.
        this.#cool(run)
        return
      case 'TimerSet':
      case 'WaitStarted':
        this.#timers.arm(state, body.index)
        break
      default:
        break
    }
    if (state.status !== 'live') this.#cool(run)
    else if (run.execution === null) this.#execute(run)
    else this.#noteRest(run)
  }

  /** Brings the runs of a partition that was acquired back to where they were. */
  takeOver(): void {
    if (this.#kernel.settings.sabotage === 'runs-not-resumed') return
    const restless: string[] = []
    for (const [runId, state] of this.#partition.state.runs) {
      if (state.status === 'ended') continue
      this.#timers.armAll(state)
      if (state.status === 'live' && !state.isAtRest) restless.push(runId)
    }
    this.#executeRestless(restless).catch((error: unknown) => {
      this.#logger.error({ error }, 'runs could not be resumed')
    })
  }

  /** Executes runs, some in each turn of the event loop, so that the others are served meanwhile. */
  async #executeRestless(runIds: readonly string[]): Promise<void> {
    this.#restless = runIds
    for (let first = 0; this.#restless === runIds; first += executedPerTurn) {
      const slice = runIds.slice(first, first + executedPerTurn)
      if (slice.length === 0) return
      for (const runId of slice) {
        const run = this.#kept(runId)
        if (run.execution !== null) continue
        run.isOnlyExamined = run.queued.length === 0
        this.#execute(run)
      }
      await this.#kernel.clock.yield()
    }
  }

  #execute(run: LiveRun): void {
    const state = this.#partition.state.runs.get(run.runId)
    if (state?.status !== 'live') {
      this.#cool(run)
      return
    }
    const definition = this.#host.definitionOf(state.version)
    if (definition === undefined) {
      const { version } = state
      this.#logger.warn(
        { runId: run.runId, version, code: 'VERSION_UNKNOWN' },
        'run waits for its version',
      )
      this.#cool(run)
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
      emit: (body) => {
        if (isCurrent()) this.#partition.enter(run.runId, body, null)
      },
      admit: (seq, begin) => {
        const isEarly = settings.sabotage === 'act-before-decided'
        run.onceDecided(isEarly ? 0 : seq, () => {
          if (this.#partition.isActing) begin()
          else this.#postponedBodies.push(begin)
        })
      },
      keepUp: (handed, goOn) => {
        run.onceNear(handed, goOn)
      },
      at: (time, callback) => {
        this.#timers.at(time, () => {
          if (isCurrent()) callback()
        })
      },
      setBusy: (isBusy) => {
        this.#setBusy(run, isBusy)
        if (isCurrent()) this.#noteRest(run)
      },
    }
  }

  #kept(runId: string): LiveRun {
    let run = this.#live.get(runId)
    if (run === undefined) {
      run = new LiveRun(runId)
      this.#live.set(runId, run)
    }
    return run
  }

  /** Gives up the run's function; with nothing queued, nothing but its state is kept. */
  #cool(run: LiveRun): void {
    run.cool()
    this.#setBusy(run, false)
    if (run.queued.length === 0) this.#live.delete(run.runId)
  }

  #drop(run: LiveRun): void {
    run.cool()
    this.#setBusy(run, false)
    this.#live.delete(run.runId)
  }

  #setBusy(run: LiveRun, isBusy: boolean): void {
    if (run.isBusy === isBusy) return
    run.isBusy = isBusy
    run.activeAt = this.#kernel.clock.now()
    this.#host.busyChanged(isBusy)
  }

  /** Notes whether a run's code awaits nothing but what is recorded. */
  #noteRest(run: LiveRun): void {
    const state = this.#partition.state.runs.get(run.runId)
    if (state === undefined) return
    const isRash = this.#kernel.settings.sabotage === 'rest-claimed-early'
    const isIdle = run.isSuspended && run.queued.length === 0 && state.retries.size === 0
    state.isAtRest = isRash || (isIdle && awaitsAnything(state))
    if (state.isAtRest && run.isOnlyExamined) this.#coolAndCompact(run, state)
  }

  /** Runs at rest since before this time give up their functions. */
  coolBefore(time: number): void {
    for (const run of this.#live.values()) {
      const state = this.#partition.state.runs.get(run.runId)
      const isResting = run.isSuspended && run.queued.length === 0
      if (isResting && state?.isAtRest === true && run.activeAt < time)
        this.#coolAndCompact(run, state)
    }
  }

  #coolAndCompact(run: LiveRun, state: RunState): void {
    this.#cool(run)
    state.history.compact()
  }

  /** The partition acts again: bodies that were postponed begin. */
  beginBodies(): void {
    if (!this.#partition.isActing) return
    const postponed = this.#postponedBodies
    this.#postponedBodies = []
    for (const begin of postponed) begin()
  }

  /** Nothing more is begun that nobody has asked for. */
  drain(): void {
    this.#timers.clear()
    this.#restless = []
  }

  /** Drops every run; what they still bring is ignored. */
  clear(): void {
    for (const run of [...this.#live.values()]) this.#drop(run)
    this.drain()
    this.#postponedBodies = []
  }
}
