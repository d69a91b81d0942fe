import { expect, test } from 'vitest'
import { sliceBounds } from './slice-bounds.ts'

test.each([
  [[], [0]],
  [['a'], [0, 1]],
  [
    ['a', 'b', 'c'],
    [0, 3],
  ],
  [
    ['a', 'b', 'c', 'd'],
    [0, 3, 4],
  ],
  [
    ['a', 'long enough', 'b', 'c'],
    [0, 1, 2, 4],
  ],
  [
    ['1234', 'öö', 'b'],
    [0, 1, 3],
  ],
])('%j is cut at %j', (items, bounds) => {
  expect(sliceBounds(items, { count: 3, bytes: 10 })).toEqual(bounds)
})
