/**
 * A run as the checker understands it: written from the architecture's rules, and from nothing of
 * the kernel's, so that a fault of the kernel's fold shows as a difference.
 */

import { assertNever } from '../../assert-never.ts'
import type { Entry, EntryBody, Failure, Outcome, Parent } from '../../../schemas/records.ts'
import type { Report } from './violation.ts'

export interface ModelRun {
  readonly runId: string
  readonly version: string
  readonly parent: Parent | null
  readonly root: string
  readonly startedAt: number
  seq: number
  at: number
  status: 'live' | 'parked' | 'ended'
  outcome: Outcome | null
  parked: Failure | null
  /** Seqs of the entries that an execution must see again. */
  history: number[]
  /** Operation to due time. */
  timers: Map<number, number>
  waits: { readonly index: number; readonly name: string }[]
  /** Signals that no wait has taken. */
  kept: { readonly name: string; readonly seq: number }[]
  calls: Map<number, { readonly name: string; readonly runId: string; readonly key: string | null }>
  retries: Map<number, { readonly attempt: number; readonly retryAt: number }>
  cancel: string | null
  isCancelled: boolean
  /** Operations whose timers have fired, whose outcomes are recorded, whose calls are completed. */
  readonly fired: Set<number>
  readonly recorded: Set<number>
  readonly answered: Set<number>
  /** Calls and timers that were open once and were ended by something else. */
  readonly closed: Set<number>
  readonly messages: Set<string>
}

export function modelRun(entry: Entry): ModelRun | null {
  const { body } = entry
  if (body.type !== 'RunStarted') return null
  return {
    runId: entry.runId,
    version: body.version,
    parent: body.parent,
    root: body.root,
    startedAt: entry.at,
    seq: entry.seq,
    at: entry.at,
    status: 'live',
    outcome: null,
    parked: null,
    history: [entry.seq],
    timers: new Map(),
    waits: [],
    kept: [],
    calls: new Map(),
    retries: new Map(),
    cancel: null,
    isCancelled: false,
    fired: new Set(),
    recorded: new Set(),
    answered: new Set(),
    closed: new Set(),
    messages: new Set([body.messageId]),
  }
}

/** Applies the next entry of a run, and reports what it must not say. */
export function applyToModel(run: ModelRun, entry: Entry, report: Report): void {
  const { body, seq } = entry
  run.seq = seq
  run.at = Math.max(run.at, entry.at)
  if (!isForgotten(body)) run.history.push(seq)
  if ('messageId' in body) takeMessage(run, body.messageId, report)
  switch (body.type) {
    case 'RunStarted':
      report('J1', 'the run starts a second time')
      return
    case 'StepCompleted':
      stepRecorded(run, body, report)
      return
    case 'StepFailed':
      if (body.retryAt === null) stepRecorded(run, body, report)
      else {
        checkAttempt(run, body, report)
        run.retries.set(body.index, { attempt: body.attempt, retryAt: body.retryAt })
      }
      return
    case 'TimerSet':
      run.timers.set(body.index, body.dueAt)
      return
    case 'WaitStarted':
      startWait(run, body)
      return
    case 'TimerFired':
      timerFired(run, body.index, entry.at, report)
      return
    case 'SignalReceived': {
      const taker = run.waits.find(({ name }) => name === body.name)
      if (taker === undefined) run.kept.push({ name: body.name, seq })
      else endWait(run, taker.index)
      return
    }
    case 'CallRequested':
      if (!body.detached) {
        run.calls.set(body.index, { name: body.name, runId: body.runId, key: body.key })
      }
      return
    case 'CallCompleted':
      callCompleted(run, body.index, report)
      return
    case 'CallCancelled':
    case 'Published':
      return
    case 'CancelRequested':
      if (run.status === 'parked') resume(run)
      run.cancel = body.reason
      settleCancel(run)
      return
    case 'RunContinued':
      for (const index of run.calls.keys()) run.closed.add(index)
      suspendNothing(run)
      run.calls.clear()
      run.cancel = null
      run.isCancelled = false
      run.history = [seq, ...run.kept.map((signal) => signal.seq)]
      return
    case 'RunParked':
      if (run.status === 'parked') report('J9', 'a run is parked that is parked already')
      run.status = 'parked'
      run.parked = body.error
      return
    case 'RunResumed':
      if (run.status !== 'parked') report('J1', 'a run is resumed that is not parked')
      resume(run)
      return
    case 'RunCompleted':
      end(run, { status: 'completed', output: body.output })
      return
    case 'RunFailed':
      end(run, { status: 'failed', error: body.error })
      return
    case 'RunCancelled':
      end(run, { status: 'cancelled', error: body.error })
      return
    default:
      assertNever(body)
  }
}

/** What an execution need not see again. */
function isForgotten(body: EntryBody): boolean {
  switch (body.type) {
    case 'StepFailed':
      return body.retryAt !== null
    case 'RunParked':
    case 'RunResumed':
    case 'RunContinued':
      return true
    default:
      return false
  }
}

type Step = Extract<EntryBody, { readonly type: 'StepCompleted' | 'StepFailed' }>

function stepRecorded(run: ModelRun, step: Step, report: Report) {
  checkAttempt(run, step, report)
  if (run.recorded.has(step.index)) {
    report('J5', `step '${step.name}' (operation ${String(step.index)}) is recorded a second time`)
  }
  run.recorded.add(step.index)
  run.retries.delete(step.index)
}

/** Attempts are recorded one after another; a cancelled or resumed run may have forgotten some. */
function checkAttempt(run: ModelRun, { index, name, attempt }: Step, report: Report) {
  const expected = (run.retries.get(index)?.attempt ?? 0) + 1
  if (attempt === expected || run.isCancelled) return
  report(
    'J5',
    `attempt ${String(attempt)} of step '${name}' is recorded, expected ${String(expected)}`,
  )
}

function startWait(run: ModelRun, wait: Extract<EntryBody, { readonly type: 'WaitStarted' }>) {
  const taken = run.kept.findIndex(({ name }) => name === wait.name)
  if (taken >= 0) {
    run.kept.splice(taken, 1)
    return
  }
  run.waits.push({ index: wait.index, name: wait.name })
  if (wait.dueAt !== null) run.timers.set(wait.index, wait.dueAt)
}

function endWait(run: ModelRun, index: number) {
  run.waits = run.waits.filter((wait) => wait.index !== index)
  if (run.timers.delete(index)) run.closed.add(index)
}

function timerFired(run: ModelRun, index: number, at: number, report: Report) {
  const dueAt = run.timers.get(index)
  if (run.fired.has(index)) report('J8', `timer ${String(index)} fires a second time`)
  else if (dueAt === undefined && !run.closed.has(index)) {
    report('J8', `timer ${String(index)} fires and was never set`)
  } else if (dueAt !== undefined && at < dueAt) {
    report(
      'J8',
      `timer ${String(index)} fires at ${String(at)}, before it is due at ${String(dueAt)}`,
    )
  }
  run.fired.add(index)
  endWait(run, index)
  run.timers.delete(index)
}

function callCompleted(run: ModelRun, index: number, report: Report) {
  if (run.answered.has(index)) report('J6', `the reply to call ${String(index)} is taken in twice`)
  else if (!run.calls.has(index) && !run.closed.has(index)) {
    report('J6', `a reply is taken in for call ${String(index)}, which was never made`)
  }
  run.answered.add(index)
  run.calls.delete(index)
  settleCancel(run)
}

function resume(run: ModelRun) {
  run.status = 'live'
  run.parked = null
  run.retries.clear()
}

/** A cancellation takes effect once no called run is open: it ends every wait, timer and retry. */
function settleCancel(run: ModelRun) {
  if (run.cancel === null || run.isCancelled || run.calls.size > 0) return
  run.isCancelled = true
  suspendNothing(run)
}

function suspendNothing(run: ModelRun) {
  for (const index of run.timers.keys()) run.closed.add(index)
  run.timers.clear()
  run.waits = []
  run.retries.clear()
}

function takeMessage(run: ModelRun, messageId: string, report: Report) {
  if (run.messages.has(messageId)) report('J6', `message ${messageId} is taken in twice`)
  run.messages.add(messageId)
}

function end(run: ModelRun, outcome: Outcome) {
  run.status = 'ended'
  run.outcome = outcome
  run.parked = null
  run.history = []
  run.kept = []
  suspendNothing(run)
  run.calls.clear()
}
