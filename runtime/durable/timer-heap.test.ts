import fc from 'fast-check'
import { expect, test } from 'vitest'
import { longestTimeoutMs, type Clock } from '../clock.ts'
import { VirtualClock } from '../testing/virtual-clock.ts'
import { TimerHeap } from './timer-heap.ts'

test('callbacks come in the order of their times, never before', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(10_000), { maxLength: 60 }), async (delays) => {
      const clock = new VirtualClock()
      const heap = new TimerHeap(clock)
      const begin = clock.now()
      const called: number[] = []
      for (const delay of delays) {
        heap.at(begin + delay, () => {
          expect(clock.now()).toBe(begin + delay)
          called.push(delay)
        })
      }
      await clock.advance(10_000)
      expect(called).toEqual(delays.toSorted((x, y) => x - y))
      expect(heap.size).toBe(0)
    }),
    { numRuns: 30 },
  )
})

test('what has only a name is given to the callback of the heap, in its turn', async () => {
  const clock = new VirtualClock()
  const called: string[] = []
  const heap = new TimerHeap(clock, (name) => called.push(name))
  heap.at(clock.now() + 20, 'b')
  heap.at(clock.now() + 15, () => called.push('between'))
  heap.at(clock.now() + 10, 'a')
  heap.at(clock.now() + 99, 'late')
  await clock.advance(50)
  expect([called, heap.size]).toEqual([['a', 'between', 'b'], 1])
})

test('an earlier timer is armed in place of the one that was first', async () => {
  const clock = new VirtualClock()
  const heap = new TimerHeap(clock)
  const called: string[] = []
  heap.at(clock.now() + 100, () => called.push('late'))
  heap.at(clock.now() + 10, () => called.push('early'))
  await clock.advance(50)
  expect(called).toEqual(['early'])
})

test('a callback may set another timer, and all of them can be dropped', async () => {
  const clock = new VirtualClock()
  const heap = new TimerHeap(clock)
  const called: string[] = []
  heap.at(clock.now() + 10, () => {
    called.push('first')
    heap.at(clock.now() + 10, () => called.push('second'))
    heap.at(clock.now() + 99, () => called.push('dropped'))
  })
  await clock.advance(20)
  heap.clear()
  await clock.advance(1_000)
  expect(called).toEqual(['first', 'second'])
})

test('a timer further off than a timeout can be is armed again on the way', async () => {
  const virtual = new VirtualClock()
  const asked: number[] = []
  // As the system clock does: what is longer than a timer can hold is cut.
  const clock: Clock = {
    now: () => virtual.now(),
    yield: () => virtual.yield(),
    after: (delayMs, callback) => {
      asked.push(delayMs)
      return virtual.after(Math.min(delayMs, longestTimeoutMs), callback)
    },
  }
  const heap = new TimerHeap(clock)
  const due = virtual.now() + 2.5 * longestTimeoutMs
  let calledAt = 0
  heap.at(due, () => {
    calledAt = virtual.now()
  })
  await virtual.advance(3 * longestTimeoutMs)
  expect(calledAt).toBeGreaterThanOrEqual(due)
  expect(asked).toHaveLength(3)
})
