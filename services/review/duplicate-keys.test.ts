import fc from 'fast-check'
import { expect, test } from 'vitest'
import { duplicateKeys } from './duplicate-keys.ts'

test('a key that stands twice in one object is found, with where it stands', () => {
  const text = '{ "packages": { "a": { "x": 1, "x": 2 }, "b": {}, "a": {} } }'
  expect(duplicateKeys(text, 3)).toEqual([
    { parents: ['packages', 'a'], key: 'x' },
    { parents: ['packages'], key: 'a' },
  ])
})

test('two spellings of a key are one key', () => {
  expect(duplicateKeys('{"a": 1, "\\u0061": 2}', 1)).toEqual([{ parents: [], key: 'a' }])
})

test('a key that every object inherits is a key like any other', () => {
  expect(duplicateKeys('{"__proto__": 1, "constructor": 2}', 1)).toEqual([])
  expect(duplicateKeys('{"__proto__": 1, "__proto__": 2}', 1)).toHaveLength(1)
})

test('objects in arrays, below the depth, or side by side do not share their keys', () => {
  expect(duplicateKeys('{"a": [{"x": 1}, {"x": 1}, "x", "x"], "b": {"x": 1}}', 3)).toEqual([])
  expect(duplicateKeys('{"a": {"b": {"x": 1, "x": 1}}}', 2)).toEqual([])
})

test('what JSON.stringify writes never has a key twice', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), fc.nat(5), (value, deepest) => {
      expect(duplicateKeys(JSON.stringify(value), deepest)).toEqual([])
    }),
  )
})

test('a key that is added again to any object is found', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue(), { minKeys: 1 }), (object) => {
      const [key = ''] = Object.keys(object)
      const text = `${JSON.stringify(object).slice(0, -1)},${JSON.stringify(key)}:0}`
      expect(duplicateKeys(text, 1)).toEqual([{ parents: [], key }])
    }),
  )
})
