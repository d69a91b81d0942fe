/**
 * The state of a run as its entries make it.
 *
 * 1. `applyEntry` is a function of the state and the entry alone: no clock, no schema, no code.
 * 2. A cancellation takes effect once no called run is open: it ends every wait, timer and retry.
 *    An execution follows the same rule over the same entries, so the two always agree. It lets a
 *    parked run go on, for its code to be told.
 * 3. The history holds the entries of the present generation that an execution must see again.
 */

import { assertNever } from '../assert-never.ts'
import type { Entry, EntryBody, Failure, Outcome, Parent } from '../../schemas/records.ts'
import { deliverCancellation } from './cancellation.ts'
import { History } from './history.ts'
import { beginWait, endWait, receiveSignal, type Wait } from './signals.ts'
import { emptyMap, withKey, withoutKey } from './sparse-map.ts'

export interface OpenCall {
  readonly name: string
  readonly runId: string
  readonly key: string | null
}

/** A signal that no wait has taken yet, as its entry. */
export interface KeptSignal {
  readonly name: string
  readonly entry: Entry
}

export interface PendingRetry {
  readonly name: string
  readonly attempt: number
  readonly retryAt: number
  readonly error: Failure
}

export interface RunState {
  readonly runId: string
  readonly version: string
  readonly parent: Parent | null
  readonly root: string
  readonly traceparent: string | null
  readonly startedAt: number
  status: 'live' | 'parked' | 'ended'
  seq: number
  /** Time of the latest entry. */
  at: number
  /** Its code, as far as an owner has seen, awaits nothing but what is recorded here. */
  isAtRest: boolean
  history: History
  /** Operation to due time: sleeps, and waits with a time-out. */
  timers: ReadonlyMap<number, number>
  waits: readonly Wait[]
  signals: readonly KeptSignal[]
  calls: ReadonlyMap<number, OpenCall>
  retries: ReadonlyMap<number, PendingRetry>
  cancelReason: string | null
  /** The cancellation has taken effect: its code has been told. */
  isCancelDelivered: boolean
  parked: Failure | null
  /** Ids of the messages taken in lately after its start, to drop their copies. */
  seen: readonly string[]
  outcome: Outcome | null
  /** Outbox items of this run that are not confirmed yet. */
  owed: number
}

/** How many message ids a run remembers. */
export const seenLimit = 1_000

/** Whether nothing of its run can follow an entry. */
export function isTerminal({ type }: EntryBody): boolean {
  return type === 'RunCompleted' || type === 'RunFailed' || type === 'RunCancelled'
}

/** Shared by all runs: most have nothing of most. */
export const nothing: readonly never[] = []

/** The state after a `RunStarted`. */
export function startedRun(entry: Entry): RunState {
  if (entry.body.type !== 'RunStarted') {
    throw new Error(`run ${entry.runId} begins with ${entry.body.type}`)
  }
  const { version, parent, root, traceparent } = entry.body
  const history = new History()
  history.append(entry)
  return {
    runId: entry.runId,
    version,
    parent,
    root,
    traceparent,
    startedAt: entry.at,
    status: 'live',
    seq: entry.seq,
    at: entry.at,
    isAtRest: false,
    history,
    timers: emptyMap(),
    waits: nothing,
    signals: nothing,
    calls: emptyMap(),
    retries: emptyMap(),
    cancelReason: null,
    isCancelDelivered: false,
    parked: null,
    seen: nothing,
    outcome: null,
    owed: 0,
  }
}

/** Whether something is recorded that the run may await. */
export function awaitsAnything({ timers, waits, calls }: RunState): boolean {
  return timers.size > 0 || waits.length > 0 || calls.size > 0
}

/** Changes the state by the run's next entry. */
export function applyEntry(run: RunState, entry: Entry): void {
  run.seq = entry.seq
  run.at = Math.max(run.at, entry.at)
  run.isAtRest = false
  const { body } = entry
  switch (body.type) {
    case 'RunStarted':
      throw new Error(`run ${run.runId} has started twice`)
    case 'StepCompleted':
      run.retries = withoutKey(run.retries, body.index)
      run.history.append(entry)
      return
    case 'StepFailed':
      if (body.retryAt === null) {
        run.retries = withoutKey(run.retries, body.index)
        run.history.append(entry)
      } else {
        const { name, attempt, error, retryAt } = body
        run.retries = withKey(run.retries, body.index, { name, attempt, error, retryAt })
      }
      return
    case 'TimerSet':
      run.timers = withKey(run.timers, body.index, body.dueAt)
      run.history.append(entry)
      return
    case 'WaitStarted':
      run.history.append(entry)
      if (
        beginWait(run, { index: body.index, name: body.name }) === undefined &&
        body.dueAt !== null
      ) {
        run.timers = withKey(run.timers, body.index, body.dueAt)
      }
      return
    case 'TimerFired':
      run.timers = withoutKey(run.timers, body.index)
      endWait(run, body.index)
      run.history.append(entry)
      return
    case 'SignalReceived':
      remember(run, body.messageId)
      run.history.append(entry)
      takeSignal(run, { name: body.name, entry: withoutBytes(entry) })
      return
    case 'CallRequested':
      if (!body.detached) {
        run.calls = withKey(run.calls, body.index, {
          name: body.name,
          runId: body.runId,
          key: body.key,
        })
      }
      run.history.append(entry)
      return
    case 'CallCompleted':
      run.calls = withoutKey(run.calls, body.index)
      run.history.append(entry)
      deliverCancel(run)
      return
    case 'CallCancelled':
    case 'Published':
      run.history.append(entry)
      return
    case 'CancelRequested':
      remember(run, body.messageId)
      if (run.status === 'parked') resume(run)
      run.cancelReason = body.reason
      run.history.append(entry)
      deliverCancel(run)
      return
    case 'RunContinued':
      continueRun(run, entry)
      return
    case 'RunParked':
      run.status = 'parked'
      run.parked = body.error
      return
    case 'RunResumed':
      remember(run, body.messageId)
      resume(run)
      return
    case 'RunCompleted':
      endRun(run, { status: 'completed', output: body.output })
      return
    case 'RunFailed':
      endRun(run, { status: 'failed', error: body.error })
      return
    case 'RunCancelled':
      endRun(run, { status: 'cancelled', error: body.error })
      return
    default:
      assertNever(body)
  }
}

/** The view of its bytes would keep alive all that was written beside them. */
function withoutBytes({ runId, seq, at, body }: Entry): Entry {
  return { runId, seq, at, body }
}

function takeSignal(run: RunState, signal: KeptSignal) {
  const taker = receiveSignal(run, signal)
  if (taker !== undefined) run.timers = withoutKey(run.timers, taker.index)
}

function resume(run: RunState) {
  run.status = 'live'
  run.parked = null
  run.retries = emptyMap()
}

function deliverCancel(run: RunState) {
  if (!deliverCancellation(run)) return
  run.waits = nothing
  run.timers = emptyMap()
  run.retries = emptyMap()
}

function continueRun(run: RunState, entry: Entry) {
  run.history = new History()
  run.history.append(entry)
  for (const signal of run.signals) run.history.append(signal.entry)
  run.timers = emptyMap()
  run.waits = nothing
  run.calls = emptyMap()
  run.retries = emptyMap()
  // A cancellation that the code was told of and outlived; it may be cancelled again.
  run.cancelReason = null
  run.isCancelDelivered = false
}

function endRun(run: RunState, outcome: Outcome) {
  run.status = 'ended'
  run.outcome = outcome
  // It is kept for as long as a copy of its start may come: with nothing but its outcome.
  run.history = new History()
  run.timers = emptyMap()
  run.waits = nothing
  run.signals = nothing
  run.calls = emptyMap()
  run.retries = emptyMap()
  run.parked = null
  run.seen = nothing
}

function remember(run: RunState, messageId: string) {
  const kept = run.seen.length < seenLimit ? run.seen : run.seen.slice(1)
  // Not by spreading, which leaves room for sixteen more.
  run.seen = kept.concat(messageId)
}
