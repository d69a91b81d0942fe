import { expect, test } from 'vitest'
import type { Revival } from '../../deploy/local/backend.ts'
import { codeOf } from '../exit-code.ts'
import { watchKafka } from './watch-kafka.ts'

/** Watches a broker that answers at some seconds, and not at others, until the watch gives up. */
async function watched(
  answersAt: (second: number) => boolean,
  revive: () => Revival = () => 'runs',
) {
  let nowMs = 0
  const lines: string[] = []
  const watching = watchKafka({
    ...{ runId: 'shop-1', where: 'a:1' },
    answers: () => Promise.resolve(answersAt(nowMs / 1_000)),
    revive: () => Promise.resolve(revive()),
    note: (line) => lines.push(`${nowMs / 1_000}: ${line}`),
    now: () => nowMs,
    pause: (milliseconds) => {
      nowMs += milliseconds
      if (nowMs > 600_000) throw new Error('it goes on')
      return Promise.resolve()
    },
  })
  const error = await watching.catch((reason: unknown) => reason)
  const message = error instanceof Error ? error.message : ''
  return { lines, atSecond: nowMs / 1_000, message, code: codeOf(error) }
}

test('a broker that answers, late now and then, is not spoken of', async () => {
  const { lines, message } = await watched((second) => second % 10 > 1)
  expect({ lines, message }).toEqual({ lines: [], message: 'it goes on' })
})

test('one that does not answer is told of within seconds, and given up after a minute', async () => {
  expect(await watched((second) => second < 10)).toEqual({
    lines: ['12: no broker answers at a:1; run shop-1 is kept, and goes on once one does'],
    atSecond: 70,
    message: 'no broker has answered at a:1 for 1 min',
    code: 'LOG_UNAVAILABLE',
  })
})

test('one that comes back is told of, and has its minute anew', async () => {
  const { lines, atSecond } = await watched((second) => second === 50)
  expect(lines.map((line) => line.slice(0, 26))).toEqual([
    '3: no broker answers at a:',
    '50: a broker answers again',
    '53: no broker answers at a',
  ])
  expect(atSecond).toBe(111)
})

test('one that has died here is started again', async () => {
  let isRevived = false
  const { lines } = await watched(
    (second) => second < 5 || isRevived,
    () => ((isRevived = true), 'revived'),
  )
  expect(lines.at(-1)).toBe('8: a broker answers again, after 3.0 s')
})

test('one that was stopped on purpose is given up at once', async () => {
  const { atSecond, message } = await watched(
    () => false,
    () => 'stopped',
  )
  expect({ atSecond, message }).toEqual({
    atSecond: 3,
    message: 'the local Kafka was stopped meanwhile',
  })
})
