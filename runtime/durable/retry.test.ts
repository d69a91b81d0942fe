import { expect, test } from 'vitest'
import { CancelledError, RetryableError, TerminalError, TimeoutError } from '../errors.ts'
import { afterFailure } from './retry.ts'

const broken = new Error('broken')

test('a terminal error and a cancellation are the outcome of the step', () => {
  expect(afterFailure({}, 1, new TerminalError('no'), 0.5)).toEqual({ next: 'fail' })
  expect(afterFailure({}, 1, new CancelledError('no'), 0.5)).toEqual({ next: 'fail' })
})

test('the delay is drawn from zero to a bound that grows with every attempt', () => {
  const delays = [1, 2, 3].map((attempt) => afterFailure({}, attempt, broken, 0.5))
  expect(delays).toEqual([
    { next: 'attempt', delayMs: 500 },
    { next: 'attempt', delayMs: 1_000 },
    { next: 'attempt', delayMs: 2_000 },
  ])
  expect(afterFailure({}, 9, new TimeoutError('slow'), 0.999)).toEqual({
    ...{ next: 'attempt', delayMs: 59_940 },
  })
})

test('the policy sets first delay, factor, longest delay and the number of attempts', () => {
  const policy = { firstDelay: '2 s', factor: 10, maxDelay: '1 minute', attempts: 3 } as const
  expect(afterFailure(policy, 1, broken, 0.5)).toEqual({ next: 'attempt', delayMs: 1_000 })
  expect(afterFailure(policy, 2, broken, 0.5)).toEqual({ next: 'attempt', delayMs: 10_000 })
  expect(afterFailure(policy, 3, broken, 0.5)).toEqual({ next: 'park' })
})

test('an error may name its own delay, within the number of attempts', () => {
  const later = new RetryableError('busy', { after: '30 seconds' })
  expect(afterFailure({}, 1, later, 0.1)).toEqual({ next: 'attempt', delayMs: 30_000 })
  expect(afterFailure({ attempts: 1 }, 1, later, 0.1)).toEqual({ next: 'park' })
})

test('without a first delay there is never one', () => {
  const policy = { firstDelay: 0, attempts: Infinity }
  expect(afterFailure(policy, 1, broken, 0.5)).toEqual({ next: 'attempt', delayMs: 0 })
  expect(afterFailure(policy, 2_000, broken, 0.5)).toEqual({ next: 'attempt', delayMs: 0 })
})
