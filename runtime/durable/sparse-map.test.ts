import fc from 'fast-check'
import { expect, test } from 'vitest'
import { emptyMap, mapOf, withKey, withoutKey } from './sparse-map.ts'

const change = fc.record({ index: fc.nat(4), value: fc.option(fc.nat(), { nil: null }) })

test('it says at every time what a Map would say', () => {
  fc.assert(
    fc.property(fc.array(change), (changes) => {
      const model = new Map<number, number>()
      let map = emptyMap<number>()
      for (const { index, value } of changes) {
        if (value === null) model.delete(index)
        else model.set(index, value)
        map = value === null ? withoutKey(map, index) : withKey(map, index, value)

        const each: (readonly [number, number])[] = []
        map.forEach((of, key) => each.push([key, of]))
        const all = [...model]
        expect([map.size, [...map], [...map.entries()], each]).toEqual([all.length, all, all, all])
        expect([[...map.keys()], [...map.values()]]).toEqual([
          [...model.keys()],
          [...model.values()],
        ])
        for (const key of [0, 1, 2, 3, 4]) {
          expect([map.has(key), map.get(key)]).toEqual([model.has(key), model.get(key)])
        }
      }
      const list = all(model)
      expect([...mapOf(list, ({ value }) => value)]).toEqual([...model])
    }),
  )
})

test('an empty one stays empty, whatever others hold', () => {
  withKey(withKey(emptyMap<number>(), 1, 1), 2, 2)
  expect(emptyMap().size).toBe(0)
})

function all(map: ReadonlyMap<number, number>) {
  return [...map].map(([index, value]) => ({ index, value }))
}
