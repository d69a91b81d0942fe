import { expect, test } from 'vitest'
import type { EntryBody } from '../../schemas/records.ts'
import { cancelled, entries, entry, reply, started } from '../testing/entries.ts'
import { EntryFeed } from './entry-feed.ts'
import { ExecutionCancellation } from './execution-cancellation.ts'
import { Operations } from './operation.ts'
import { startedRun } from './run-state.ts'

/** The cancellation of a run, and the feed of what is queued for it. */
function begun(...queued: readonly EntryBody[]) {
  const [first] = entries('a', [started()])
  const feed = new EntryFeed(
    startedRun(first!),
    queued.map((body, index) => entry('a', index + 2, body)),
  )
  feed.next()
  return { feed, cancellation: new ExecutionCancellation('a', feed) }
}

function operation() {
  const request = { kind: 'sleep', name: 'sleep', request: () => null } as const
  return new Operations(0).add(request).operation
}

test('it takes effect once, when no called run is open', () => {
  const { cancellation } = begun()
  cancellation.callBegan(0)
  cancellation.request('too late')
  expect([cancellation.isPending, cancellation.deliver(1)]).toEqual([true, false])
  cancellation.callEnded(0)
  expect([cancellation.deliver(1), cancellation.deliver(1)]).toEqual([true, false])
  expect([cancellation.isPending, cancellation.isRequested]).toEqual([false, true])
  expect(cancellation.error().message).toBe('run a was cancelled: too late')
})

test('the first reason is the one that the code is told', () => {
  const { cancellation } = begun()
  cancellation.request('too late')
  cancellation.request('too dear')
  expect(cancellation.error().message).toBe('run a was cancelled: too late')
})

test('where it finds nothing open it ends one operation, the next', () => {
  const { cancellation } = begun()
  cancellation.request('too late')
  expect([cancellation.deliver(0), cancellation.claim(), cancellation.claim()]).toEqual([
    ...[true, true, false],
  ])
})

test('where it finds something open it leaves alone what comes next', () => {
  const { cancellation } = begun()
  cancellation.request('too late')
  expect([cancellation.deliver(1), cancellation.claim()]).toEqual([true, false])
})

test('what the code asks for waits while the entry of a cancellation is queued', () => {
  const { feed, cancellation } = begun(cancelled('m'))
  const asked = operation()
  expect(cancellation.postpone(asked)).toBe(true)
  feed.next()
  expect(cancellation.postpone(operation())).toBe(false)
  expect(cancellation.takePostponed()).toEqual([asked])
  expect(cancellation.takePostponed()).toEqual([])
})

test('a queued reply holds up what the code asks for only if a cancellation waits for it', () => {
  const { cancellation } = begun(reply(0))
  expect(cancellation.postpone(operation())).toBe(false)
  cancellation.callBegan(0)
  cancellation.request('too late')
  expect(cancellation.postpone(operation())).toBe(true)
})
