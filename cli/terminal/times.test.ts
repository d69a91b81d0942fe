import { expect, test } from 'vitest'
import { moment, span } from './times.ts'

test.each([
  [0, '0 ms'],
  [999, '999 ms'],
  [1_234, '1.2 s'],
  [59_900, '59.9 s'],
  [60_000, '1 min'],
  [7_200_000, '2 h'],
  [172_800_000, '2 d'],
])('%d ms reads %s', (milliseconds, text) => {
  expect(span(milliseconds)).toBe(text)
})

test('a moment is told to the second, in UTC', () => {
  expect(moment(Date.UTC(2026, 10, 25, 15, 4, 5, 678))).toBe('2026-11-25T15:04:05Z')
})
