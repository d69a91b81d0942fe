import { expect, test } from 'vitest'
import { checkHistory } from './check-history.ts'
import type { History, Seen } from './history-options.ts'

const at = (offset: number, value: string): Seen => ({
  partition: 0,
  offset: String(offset),
  value,
})
const there = [at(0, 'a'), at(1, 'b'), at(2, 'c')]
const sound: History = {
  appends: [
    { partition: 0, values: ['a', 'b'], base: '0' },
    { partition: 0, values: ['c'], base: null },
    { partition: 0, values: ['d'], base: null },
  ],
  followed: there,
  owned: there,
}

test('a history that is sound has no problem, whatever was not acknowledged', () => {
  expect(checkHistory(sound, there)).toEqual([])
})

test.each<[string, Partial<History>, readonly Seen[], RegExp]>([
  ['an acknowledged write that is gone', {}, there.slice(1), /^lost write: value a/],
  ['one that is elsewhere', {}, [at(0, 'b'), at(1, 'a')], /^lost write: value a, .* at 0@0/],
  ['one that is there twice', {}, [...there, at(3, 'a')], /^duplicate: value a.* 2 times/],
  ['a value of nobody', {}, [...there, at(3, 'x')], /^invented: x at 0@3/],
  [
    'a record that a follower missed',
    { followed: there.slice(0, 2) },
    there,
    /^unseen: the follower/,
  ],
  [
    'a record that came twice',
    { owned: [...there, at(2, 'c')] },
    there,
    /^non-monotonic: the owner/,
  ],
  [
    'a value that is not at its place',
    { owned: [at(0, 'z')] },
    there,
    /^wrong read: the owner saw z/,
  ],
])('%s', (_, changed, records, problem) => {
  expect(checkHistory({ ...sound, ...changed }, records)).toContainEqual(
    expect.stringMatching(problem),
  )
})
