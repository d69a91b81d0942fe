import { expect, test } from 'vitest'
import { completedStep, entry, started } from '../testing/entries.ts'
import { CommitQueue } from './commit-queue.ts'
import { emptyPartition, fold } from './fold.ts'
import { commit, fence } from '../testing/entries.ts'
import { entryBytes } from '../../schemas/entry-bytes.ts'
import type { Entry } from '../../schemas/records.ts'

const a1 = entry('a', 1, started())
const a2 = entry('a', 2, completedStep(0, 'read'))
const a3 = entry('a', 3, completedStep(1, 'write'))
const b1 = entry('b', 1, started())

const names = (list: readonly Entry[]) => list.map(({ runId, seq }) => `${runId}${String(seq)}`)

function queueOf(...list: readonly (readonly [Entry, bigint | null])[]) {
  const queue = new CommitQueue()
  for (const [entry, offset] of list) queue.push(entry, offset)
  return queue
}

test('entries leave in the order in which they came', () => {
  const queue = queueOf([a1, 0n], [b1, 1n], [a2, null])
  expect(names(queue.take(10_000, null))).toEqual(['a1', 'b1', 'a2'])
  expect([queue.hasWaiting, queue.isEmpty]).toEqual([false, false])
  queue.settle()
  expect(queue.isEmpty).toBe(true)
})

test('what does not fit waits, and at least one entry goes', () => {
  const queue = queueOf([a1, 0n], [b1, 1n], [a2, null])
  expect(names(queue.take(1, null))).toEqual(['a1'])
  expect(names(queue.take(entryBytes(b1).length, null))).toEqual(['b1'])
})

test('entries of a run that is held wait, those of others pass them', () => {
  const queue = queueOf([a1, 0n], [b1, 1n], [a2, null])
  expect(names(queue.take(10_000, 'a'))).toEqual(['b1'])
  expect(names(queue.take(10_000, null))).toEqual(['a1', 'a2'])
})

test('the position is held by the first message whose entry waits', () => {
  const queue = queueOf([a1, 4n], [b1, 5n], [a2, null])
  expect(queue.firstInboxOffset()).toBe(4n)
  queue.take(10_000, 'b')
  expect(queue.firstInboxOffset()).toBe(5n)
  queue.requeue()
  expect(queue.firstInboxOffset()).toBe(4n)
})

test('the position may be held by the last entry of a run, in flight as well', () => {
  const queue = queueOf([a1, 4n], [a2, null], [b1, 5n])
  queue.hold('a', 6n)
  queue.hold('a', 7n)
  queue.take(entryBytes(a1).length, null)
  expect(queue.firstInboxOffset()).toBe(5n)
  queue.take(10_000, 'a')
  expect(queue.firstInboxOffset()).toBe(6n)
  queue.take(10_000, null)
  queue.hold('a', 5n)
  queue.requeue()
  expect(queue.firstInboxOffset()).toBe(6n)
})

test('entries of unknown fate go first again, without those that the fold has', () => {
  const queue = queueOf([a1, 0n], [a2, null])
  queue.take(10_000, null)
  queue.push(a3, null)
  queue.requeue()
  const state = emptyPartition({ definition: 'review', partition: 0 })
  fold(state, 0n, fence('one'))
  fold(state, 1n, commit(0n, { entries: [a1] }))
  queue.dropFolded(state)
  expect(names(queue.take(10_000, null))).toEqual(['a2', 'a3'])
})
