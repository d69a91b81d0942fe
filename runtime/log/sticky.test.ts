import fc from 'fast-check'
import { expect, test } from 'vitest'
import { stickyAssignment } from './sticky.ts'

const nobody = { held: [], generation: -1 }

test('partitions are spread evenly, and a member without any has an empty entry', () => {
  const members = ['a', 'b', 'c'].map((id) => ({ id, ...nobody }))
  expect(Object.fromEntries(stickyAssignment(7, members))).toEqual({
    a: [0, 1, 2],
    b: [3, 4],
    c: [5, 6],
  })
  expect(Object.fromEntries(stickyAssignment(2, members))).toEqual({ a: [0], b: [1], c: [] })
})

test('a newcomer gets only what the others have to give up', () => {
  const assignment = stickyAssignment(6, [
    { id: 'a', held: [0, 2, 4], generation: 3 },
    { id: 'b', held: [1, 3, 5], generation: 3 },
    { id: 'c', ...nobody },
  ])
  expect(Object.fromEntries(assignment)).toEqual({ a: [0, 2], b: [1, 3], c: [4, 5] })
})

test('what two members say they hold stays with the one of the newer generation', () => {
  const assignment = stickyAssignment(2, [
    { id: 'a', held: [0, 1], generation: 2 },
    { id: 'b', held: [1], generation: 5 },
  ])
  expect(Object.fromEntries(assignment)).toEqual({ a: [0], b: [1] })
})

test('every partition has one owner, shares differ by one at most, and a stable group does not move', () => {
  const member = fc.record({
    id: fc.uuid(),
    held: fc.array(fc.integer({ min: 0, max: 40 })),
    generation: fc.integer({ min: -1, max: 5 }),
  })
  const members = fc.uniqueArray(member, { selector: ({ id }) => id, minLength: 1, maxLength: 9 })
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), members, (partitions, joined) => {
      const assignment = stickyAssignment(partitions, joined)
      const given = [...assignment.values()]
      const sizes = given.map(({ length }) => length)
      expect(given.flat().sort((a, b) => a - b)).toEqual(
        Array.from({ length: partitions }, (_, p) => p),
      )
      expect(assignment.size).toBe(joined.length)
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1)

      const again = joined.map(({ id }) => ({ id, held: assignment.get(id) ?? [], generation: 9 }))
      expect(stickyAssignment(partitions, again)).toEqual(assignment)
    }),
  )
})
