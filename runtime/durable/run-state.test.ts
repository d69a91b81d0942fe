import { describe, expect, test } from 'vitest'
import type { EntryBody } from '../../schemas/records.ts'
import {
  call,
  cancelled,
  completed,
  completedStep,
  entries,
  failedStep,
  failure,
  json,
  received,
  reply,
  started,
  wait,
} from '../testing/entries.ts'
import { applyEntry, seenLimit, startedRun } from './run-state.ts'

function runAfter(...bodies: readonly EntryBody[]) {
  const [first, ...rest] = entries('a', [started(), ...bodies])
  const run = startedRun(first!)
  for (const entry of rest) applyEntry(run, entry)
  return run
}

const historyOf = (run: ReturnType<typeof runAfter>) =>
  [...run.history.entries()].map(({ body }) => body.type)

const fired = (index: number): EntryBody => ({ type: 'TimerFired', index })
const timer = (index: number, dueAt: number): EntryBody => ({
  ...{ type: 'TimerSet', index, name: 'sleep', dueAt },
})

describe('what a run waits for', () => {
  test('a timer is open until it fires', () => {
    expect(new Map(runAfter(timer(0, 9_000)).timers)).toEqual(new Map([[0, 9_000]]))
    expect(runAfter(timer(0, 9_000), fired(0)).timers.size).toBe(0)
  })

  test('a wait with a time-out is a wait and a timer, and the signal ends both', () => {
    const waiting = runAfter(wait(0, 'approval', 9_000))
    expect([waiting.waits, new Map(waiting.timers)]).toEqual([
      [{ index: 0, name: 'approval' }],
      new Map([[0, 9_000]]),
    ])
    const told = runAfter(wait(0, 'approval', 9_000), received('m', 'approval'))
    expect([told.waits, told.timers.size, told.signals]).toEqual([[], 0, []])
  })

  test('a signal that came first is kept, and the wait takes it without a timer', () => {
    const early = runAfter(received('m', 'approval'))
    expect(early.signals.map(({ name }) => name)).toEqual(['approval'])
    const taken = runAfter(received('m', 'approval'), wait(0, 'approval', 9_000))
    expect([taken.signals, taken.waits, taken.timers.size]).toEqual([[], [], 0])
  })

  test('a call is open until its reply, and a detached one never is', () => {
    expect(new Map(runAfter(call(0, 'a/0')).calls)).toEqual(
      new Map([[0, { name: 'scan', runId: 'a/0', key: null }]]),
    )
    expect(runAfter(call(0, 'a/0'), reply(0)).calls.size).toBe(0)
    expect(runAfter(call(0, 'a/0', true)).calls.size).toBe(0)
  })

  test('a failed attempt waits for the next one, and is not part of the history', () => {
    const waiting = runAfter(failedStep(0, 'read', 1, 5_000))
    expect(new Map(waiting.retries)).toEqual(
      new Map([[0, { name: 'read', attempt: 1, error: failure, retryAt: 5_000 }]]),
    )
    const given = runAfter(failedStep(0, 'read', 1, 5_000), failedStep(0, 'read', 2, null))
    expect([given.retries.size, historyOf(given)]).toEqual([0, ['RunStarted', 'StepFailed']])
  })
})

test('runs that have nothing yet have nothing in common', () => {
  const bodies = [timer(0, 9_000), call(1, 'a/1'), failedStep(2, 'read', 1, 5_000)]
  const sizes = ({ timers, calls, retries }: ReturnType<typeof runAfter>) =>
    [timers, calls, retries].map(({ size }) => size)
  const before = runAfter()
  expect(sizes(runAfter(...bodies))).toEqual([1, 1, 1])
  expect(sizes(runAfter(...bodies, cancelled('m'), reply(1)))).toEqual([0, 0, 0])
  expect([sizes(before), sizes(runAfter())]).toEqual([
    [0, 0, 0],
    [0, 0, 0],
  ])
})

describe('a cancellation', () => {
  test('ends every wait, timer and retry at once when no called run is open', () => {
    const run = runAfter(
      timer(0, 9_000),
      wait(1, 'approval'),
      failedStep(2, 'read', 1, 5_000),
      cancelled('m'),
    )
    expect([run.isCancelDelivered, run.timers.size, run.waits, run.retries.size]).toEqual([
      true,
      0,
      [],
      0,
    ])
  })

  test('waits for the called runs', () => {
    const waiting = runAfter(call(0, 'a/0'), timer(1, 9_000), cancelled('m'))
    expect([waiting.isCancelDelivered, waiting.timers.size]).toEqual([false, 1])
    const told = runAfter(call(0, 'a/0'), timer(1, 9_000), cancelled('m'), reply(0))
    expect([told.isCancelDelivered, told.timers.size]).toEqual([true, 0])
  })

  test('leaves what the run asks for afterwards alone', () => {
    expect(runAfter(cancelled('m'), timer(0, 9_000)).timers.size).toBe(1)
  })
})

describe('a run that continues as new', () => {
  const continued: EntryBody = { type: 'RunContinued', index: 4, input: json(2) }

  test('keeps its signals and drops everything else', () => {
    const run = runAfter(
      completedStep(0, 'read'),
      timer(1, 9_000),
      call(2, 'a/2'),
      received('m', 'approval'),
      continued,
    )
    expect(historyOf(run)).toEqual(['RunContinued', 'SignalReceived'])
    expect([run.timers.size, run.calls.size, run.signals.length, run.seq]).toEqual([0, 0, 1, 6])
  })

  test('may be cancelled again', () => {
    const run = runAfter(cancelled('m'), continued)
    expect([run.cancelReason, run.isCancelDelivered]).toEqual([null, false])
  })
})

describe('the end of a run', () => {
  test('leaves the outcome and nothing to replay', () => {
    const run = runAfter(received('m', 'approval'), wait(0, 'other', 9_000), completed('done'))
    expect(run.outcome).toEqual({ status: 'completed', output: json('done') })
    expect([run.status, run.history.count, run.signals, run.waits, run.timers.size]).toEqual([
      'ended',
      0,
      [],
      [],
      0,
    ])
  })

  test('a parked run is resumed with its attempts forgotten', () => {
    const parked = runAfter(failedStep(0, 'read', 1, 5_000), { type: 'RunParked', error: failure })
    expect([parked.status, parked.parked]).toEqual(['parked', failure])
    const [resumption] = entries('a', [{ type: 'RunResumed', messageId: 'r' }], 4)
    applyEntry(parked, resumption!)
    expect([parked.status, parked.parked, parked.retries.size]).toEqual(['live', null, 0])
  })
})

test('a run remembers the messages it took in lately', () => {
  const many = Array.from({ length: seenLimit }, (_, n) => received(`m${String(n)}`, 'x'))
  const run = runAfter(...many)
  expect([run.seen.length, run.seen[0], run.seen.at(-1)]).toEqual([
    seenLimit,
    'm0',
    `m${String(seenLimit - 1)}`,
  ])
})

test('time never goes back, whatever the clock of an owner says', () => {
  const run = runAfter()
  const [late, early] = entries('a', [completedStep(0, 'x'), completedStep(1, 'y')], 2)
  applyEntry(run, late!)
  applyEntry(run, { ...early!, at: 5 })
  expect(run.at).toBe(late!.at)
})
