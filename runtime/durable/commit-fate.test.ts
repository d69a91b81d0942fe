import { expect, test } from 'vitest'
import { commit, fence } from '../testing/entries.ts'
import { fateBehind, fateOf } from './commit-fate.ts'

test('a commit at the expected offset is decided, one further on has to be looked into', () => {
  expect(fateOf({ offset: 5n }, 5n)).toEqual({ is: 'decided', offset: 5n })
  expect(fateOf({ offset: 7n }, 5n)).toEqual({ is: 'behind a gap', offset: 7n })
})

test('an error, and an offset that cannot be, leave the fate unknown', () => {
  const error = new Error('no answer')
  expect(fateOf({ error }, 5n)).toEqual({ is: 'unknown', error })
  expect(fateOf({ offset: 4n }, 5n)).toMatchObject({ is: 'unknown' })
})

test('behind a gap it stands, unless somebody has fenced there', () => {
  const placed = (of: ReturnType<typeof commit>) => ({ offset: 5n, commit: of, bytes: 1 })
  expect(fateBehind([placed(commit(0n))], 'ours')).toBe('stands')
  expect(fateBehind([placed(fence('ours'))], 'ours')).toBe('unsure')
  expect(fateBehind([placed(fence('ours')), placed(fence('newer'))], 'ours')).toBe('lost')
})
