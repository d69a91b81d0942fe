import fc from 'fast-check'
import { expect, test } from 'vitest'
import { matchesGlob } from './glob.ts'

test.each([
  ['packages/*', 'packages/a'],
  ['packages/a*c', 'packages/abbc'],
  ['packages/**', 'packages/a/b'],
  ['**/lib', 'a/b/lib'],
  ['a/**/b/*/c', 'a/x/b/b/y/c'],
  ['a?c', 'abc'],
  ['plain (copy)+', 'plain (copy)+'],
])('%s matches %s', (glob, path) => expect(matchesGlob(glob, path)).toBe(true))

test.each([
  ['packages/*', 'packages/a/b'],
  ['packages/*', 'other/a'],
  ['packages/*', 'packages'],
  ['a?c', 'ac'],
  ['a.c', 'abc'],
  ['', 'a'],
])('%j does not match %s', (glob, path) => expect(matchesGlob(glob, path)).toBe(false))

test('a glob agrees with the regular expression that it stands for', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '/', '*', '?'), maxLength: 8 })
  const path = fc.string({ unit: fc.constantFrom('a', 'b', '/'), maxLength: 10 })
  fc.assert(
    fc.property(text, path, (glob, name) => {
      fc.pre(!glob.includes('**'))
      const source = glob.replaceAll('*', '[^/]*').replaceAll('?', '[^/]')
      expect(matchesGlob(glob, name)).toBe(new RegExp(`^${source}$`).test(name))
    }),
  )
})

test('many stars take no time to speak of', () => {
  const started = performance.now()
  expect(matchesGlob('*a'.repeat(250), `${'a'.repeat(2000)}b`)).toBe(false)
  expect(matchesGlob('**/a/'.repeat(100), `${'a/'.repeat(1000)}b`)).toBe(false)
  expect(performance.now() - started).toBeLessThan(2000)
})
