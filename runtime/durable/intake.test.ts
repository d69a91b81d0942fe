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
  reply,
  started,
} from '../testing/entries.ts'
import { signal, workflow } from './definition.ts'
import { takeIn, type Intake } from './intake.ts'
import { applyEntry, startedRun } from './run-state.ts'

const approval = signal('approval', z.object({ granted: z.boolean() }))

const review = workflow({
  ...{ name: 'review', version: '7', input: z.null(), output: z.null(), signals: [approval] },
  run: () => Promise.resolve(null),
})

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
  ...queued: readonly EntryBody[]
): string {
  const intake = takeIn(review, message(body), null, run, entries('a', queued))
  return intake.verdict === 'enter' ? intake.body.type : intake.verdict
}

describe('a start', () => {
  test('of an id that is not known begins a run of the version that is served', () => {
    const intake = takeIn(review, message(start), 'trace', undefined, [])
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
    expect(verdict(start, undefined, started())).toBe('drop')
  })

  test('of a run that has ended is answered with the recorded outcome', () => {
    const parent = { definition: 'team', partition: 1, runId: 'b', index: 0 }
    const again: MessageBody = { ...start, parent }
    const intake = takeIn(review, message(again), null, runAfter(completed('done')), [])
    expect(intake).toEqual<Intake>({
      ...{ verdict: 'answer', outcome: { status: 'completed', output: json('done') }, parent },
    })
  })
})

describe('a signal', () => {
  test('enters a live run, also one whose start is still queued', () => {
    expect(verdict(granted, runAfter())).toBe('SignalReceived')
    expect(verdict(granted, undefined, started())).toBe('SignalReceived')
  })

  test('that was taken in before, or is queued, is dropped', () => {
    expect(verdict(granted, runAfter(received('m', 'approval')))).toBe('drop')
    expect(verdict(granted, runAfter(), received('m', 'approval'))).toBe('drop')
  })

  test('to a run that has ended, or is about to, is dropped', () => {
    expect(verdict(granted, runAfter(completed()))).toBe('drop')
    expect(verdict(granted, runAfter(), completed())).toBe('drop')
  })

  test('to a run that nobody knows, or with a payload that cannot be read, is buried', () => {
    expect(takeIn(review, message(granted), null, undefined, [])).toMatchObject({
      ...{ verdict: 'bury', code: 'RUN_NOT_FOUND' },
    })
    const wrong: MessageBody = { ...granted, payload: json({ granted: 'yes' }) }
    const garbled: MessageBody = { ...granted, payload: Buffer.from('{') }
    for (const body of [wrong, garbled]) {
      expect(takeIn(review, message(body), null, runAfter(), [])).toMatchObject({
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
    expect(verdict(replied, runAfter(call(0, 'a/0')), reply(0))).toBe('drop')
    expect(verdict(replied, runAfter())).toBe('drop')
  })
})

describe('a cancellation', () => {
  const cancel: MessageBody = { type: 'Cancel', reason: 'no longer wanted' }

  test('enters once', () => {
    expect(verdict(cancel, runAfter())).toBe('CancelRequested')
    expect(verdict(cancel, runAfter(cancelled('other')))).toBe('drop')
    expect(verdict(cancel, runAfter(), cancelled('other'))).toBe('drop')
    expect(verdict(cancel, runAfter(completed()))).toBe('drop')
  })
})

describe('a resumption', () => {
  const resume: MessageBody = { type: 'Resume' }

  test('enters when the run is parked, or about to be', () => {
    const parks: EntryBody = { type: 'RunParked', error: failure }
    const resumes: EntryBody = { type: 'RunResumed', messageId: 'other' }
    expect(verdict(resume, runAfter(parks))).toBe('RunResumed')
    expect(verdict(resume, runAfter(), parks)).toBe('RunResumed')
    expect(verdict(resume, runAfter(parks), resumes, parks)).toBe('RunResumed')
    expect(verdict(resume, runAfter())).toBe('drop')
    expect(verdict(resume, runAfter(parks), resumes)).toBe('drop')
    expect(verdict(resume, runAfter(parks), cancelled('other'))).toBe('drop')
  })
})

describe('a question for the result', () => {
  const attach: MessageBody = { type: 'Attach' }

  test('is answered once the run has ended, and needs no answer before', () => {
    expect(verdict(attach, runAfter(completed()))).toBe('answer')
    expect(verdict(attach, runAfter())).toBe('drop')
    expect(verdict(attach, undefined, started())).toBe('drop')
  })

  test('of a run that nobody knows is refused', () => {
    expect(verdict(attach)).toBe('refuse')
  })
})
