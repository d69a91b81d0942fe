import { expect, test } from 'vitest'
import { partitionFor } from '../../runtime/log/murmur2.ts'
import { onePerPartition } from './ready.ts'

test.each([1, 4, 50])('there is one key for each of %i partitions', (count) => {
  const placed = onePerPartition(count).map((key) => partitionFor(key, count))
  expect(placed.toSorted((left, right) => left - right)).toEqual([...Array(count).keys()])
})
