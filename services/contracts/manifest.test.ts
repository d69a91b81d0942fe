import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  binNames,
  declaredEngines,
  declaredLicense,
  deprecation,
  installScripts,
} from './manifest.ts'

test.each([
  ['a string', 'MIT', undefined, 'MIT'],
  ['an old object', { type: 'MIT', url: 'https://example.org' }, undefined, 'MIT'],
  ['an old array', undefined, [{ type: 'MIT' }, { type: 'GPL-2.0' }], '(MIT OR GPL-2.0)'],
  ['an array of one', undefined, [{ type: 'BSD' }], 'BSD'],
  ['an array of strings', undefined, ['MIT', 'ISC'], '(MIT OR ISC)'],
  ['an array under license', ['MIT', 'ISC'], undefined, '(MIT OR ISC)'],
  ['the same licence twice', undefined, [{ type: 'MIT' }, 'MIT'], 'MIT'],
  ['license before licenses', 'MIT', [{ type: 'GPL-2.0' }], 'MIT'],
  ['an empty string, then an array', ' ', [{ type: 'ISC' }], 'ISC'],
  ['nothing', undefined, undefined, null],
  ['a number', 7, undefined, null],
  ['an empty array', undefined, [], null],
])('a licence declared by %s is read', (_, license, licenses, expected) => {
  expect(declaredLicense(license, licenses)).toBe(expected)
})

test.each([
  [
    { node: '>=18', npm: '>=9' },
    { node: '>=18', npm: '>=9' },
  ],
  [['node >= 0.8.0'], { node: '>= 0.8.0' }],
  [['node >=0.6', 'rhino'], { node: '>=0.6', rhino: '' }],
  ['>=6', { node: '>=6' }],
  [{ node: 18 }, null],
  [null, null],
  [[], null],
])('engines %j are read as %j', (engines, expected) => {
  expect(declaredEngines(engines)).toEqual(expected)
})

test('a megabyte for an engine is done with quickly', () => {
  const started = performance.now()
  declaredEngines([`${'a'.repeat(1_000_000)}\n`])
  expect(performance.now() - started).toBeLessThan(1000)
})

test('a bin that is one file is named like the package, without its scope', () => {
  expect(binNames('@scope/tool', './cli.js')).toEqual(['tool'])
  expect(binNames('tool', { b: 'b.js', a: 'a.js', bad: 1 })).toEqual(['a', 'b'])
  expect(binNames('tool', ['a.js'])).toEqual([])
})

test('only the scripts that an install runs are picked', () => {
  const scripts = { test: 'x', prepare: 'x', preinstall: 'a', install: ' ', postinstall: 'b' }
  expect(installScripts(scripts)).toEqual({ preinstall: 'a', postinstall: 'b' })
})

test('scripts are read from the manifest itself, not from what every object inherits', () => {
  const scripts: unknown = JSON.parse('{ "__proto__": { "install": "x" }, "constructor": "y" }')
  expect(installScripts(scripts)).toEqual({})
})

test('a deprecation without words still counts, and an empty one does not', () => {
  expect(deprecation(true)).toBe('deprecated without a message')
  expect(deprecation('')).toBeNull()
  expect(deprecation(false)).toBeNull()
})

test('whatever a manifest holds, its fields come out plain and bounded', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
      const read = [
        declaredLicense(value, value),
        declaredEngines(value),
        binNames('p', value),
        installScripts(value),
        deprecation(value),
      ]
      expect(JSON.parse(JSON.stringify(read))).toEqual(read)
    }),
  )
  expect(declaredLicense('x'.repeat(1_000_000))?.length).toBeLessThanOrEqual(1000)
})
