import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import type { EntryBody, Message, MessageBody } from '../../schemas/records.ts'
import {
  call,
  cancelled,
  completed,
  entries,
  failure,
  json,
  received,
  started,
} from '../testing/entries.ts'
import { signal, workflow } from './definition.ts'
import { takeIn, type Intake, type QueuedForRun } from './intake.ts'
import { applyEntry, startedRun } from './run-state.ts'

const approval = signal('approval', z.object({ granted: z.boolean() }))

const review = workflow({
  ...{ name: 'review', version: '7', input: z.null(), output: z.null(), signals: [approval] },
  run: () => Promise.resolve(null),
})

const nothingQueued: QueuedForRun = {
  messageIds: new Set(),
  replies: new Set(),
  isEnding: false,
  isCancelQueued: false,
  isParked: false,
}

const start: MessageBody = {
  ...{ type: 'Start', version: null, input: json(null), parent: null, root: 'a' },
}
const granted: MessageBody = { type: 'Signal', name: 'approval', payload: json({ granted: true }) }
const replied: MessageBody = {
  ...{ type: 'Reply', index: 0, outcome: { status: 'completed', output: json(1) } },
}

function message(body: MessageBody, id = 'm'): Message {
  return { id, runId: 'a', body }
}

function runAfter(...bodies: readonly EntryBody[]) {
  const [first, ...rest] = entries('a', [started(), ...bodies])
  const run = startedRun(first!)
  for (const entry of rest) applyEntry(run, entry)
  return run
}

function verdict(
  body: MessageBody,
  run?: ReturnType<typeof runAfter>,
  queued: QueuedForRun | undefined = run && nothingQueued,
): string {
  const intake = takeIn(review, message(body), null, run, queued)
  return intake.verdict === 'enter' ? intake.body.type : intake.verdict
}

describe('a start', () => {
  test('of an id that is not known begins a run of the version that is served', () => {
    const intake = takeIn(review, message(start), 'trace', undefined, undefined)
    expect(intake).toEqual<Intake>({
      verdict: 'enter',
      body: {
        ...{ type: 'RunStarted', messageId: 'm', version: '7', input: json(null) },
        ...{ parent: null, root: 'a', traceparent: 'trace' },
      },
    })
  })

  test('of a run that is live, or about to be, is dropped', () => {
    expect(verdict(start, runAfter())).toBe('drop')
    expect(verdict(start, undefined, nothingQueued)).toBe('drop')
  })

  test('of a run that has ended is answered with the recorded outcome', () => {
    const parent = { definition: 'team', partition: 1, runId: 'b', index: 0 }
    const again: MessageBody = { ...start, parent }
    const intake = takeIn(review, message(again), null, runAfter(completed('done')), nothingQueued)
    expect(intake).toEqual<Intake>({
      ...{ verdict: 'answer', outcome: { status: 'completed', output: json('done') }, parent },
    })
  })
})

describe('a signal', () => {
  test('enters a live run, also one whose start is still queued', () => {
    expect(verdict(granted, runAfter())).toBe('SignalReceived')
    expect(verdict(granted, undefined, nothingQueued)).toBe('SignalReceived')
  })

  test('that was taken in before, or is queued, is dropped', () => {
    expect(verdict(granted, runAfter(received('m', 'approval')))).toBe('drop')
    const queued = { ...nothingQueued, messageIds: new Set(['m']) }
    expect(verdict(granted, runAfter(), queued)).toBe('drop')
  })

  test('to a run that has ended, or is about to, is dropped', () => {
    expect(verdict(granted, runAfter(completed()))).toBe('drop')
    expect(verdict(granted, runAfter(), { ...nothingQueued, isEnding: true })).toBe('drop')
  })

  test('to a run that nobody knows, or with a payload that cannot be read, is buried', () => {
    expect(takeIn(review, message(granted), null, undefined, undefined)).toMatchObject({
      ...{ verdict: 'bury', code: 'RUN_NOT_FOUND' },
    })
    const wrong: MessageBody = { ...granted, payload: json({ granted: 'yes' }) }
    const garbled: MessageBody = { ...granted, payload: Buffer.from('{') }
    for (const body of [wrong, garbled]) {
      expect(takeIn(review, message(body), null, runAfter(), nothingQueued)).toMatchObject({
        ...{ verdict: 'bury', code: 'SIGNAL_INVALID' },
      })
    }
  })

  test('that no schema is declared for is left to the wait that takes it', () => {
    const other: MessageBody = { type: 'Signal', name: 'other', payload: json('anything') }
    expect(verdict(other, runAfter())).toBe('SignalReceived')
  })
})

describe('a reply', () => {
  test('enters while its call is open, once', () => {
    expect(verdict(replied, runAfter(call(0, 'a/0')))).toBe('CallCompleted')
    const queued = { ...nothingQueued, replies: new Set([0]) }
    expect(verdict(replied, runAfter(call(0, 'a/0')), queued)).toBe('drop')
    expect(verdict(replied, runAfter())).toBe('drop')
  })
})

describe('a cancellation', () => {
  const cancel: MessageBody = { type: 'Cancel', reason: 'no longer wanted' }

  test('enters once', () => {
    expect(verdict(cancel, runAfter())).toBe('CancelRequested')
    expect(verdict(cancel, runAfter(cancelled('other')))).toBe('drop')
    expect(verdict(cancel, runAfter(), { ...nothingQueued, isCancelQueued: true })).toBe('drop')
    expect(verdict(cancel, runAfter(completed()))).toBe('drop')
  })
})

describe('a resumption', () => {
  const resume: MessageBody = { type: 'Resume' }

  test('enters when the run is parked, or about to be', () => {
    const parked = runAfter({ type: 'RunParked', error: failure })
    expect(verdict(resume, parked, { ...nothingQueued, isParked: true })).toBe('RunResumed')
    expect(verdict(resume, runAfter(), { ...nothingQueued, isParked: true })).toBe('RunResumed')
    expect(verdict(resume, parked, nothingQueued)).toBe('drop')
    expect(verdict(resume, runAfter())).toBe('drop')
  })
})

describe('a question for the result', () => {
  const attach: MessageBody = { type: 'Attach' }

  test('is answered once the run has ended, and needs no answer before', () => {
    expect(verdict(attach, runAfter(completed()))).toBe('answer')
    expect(verdict(attach, runAfter())).toBe('drop')
    expect(verdict(attach, undefined, nothingQueued)).toBe('drop')
  })

  test('of a run that nobody knows is refused', () => {
    expect(verdict(attach)).toBe('refuse')
  })
})
