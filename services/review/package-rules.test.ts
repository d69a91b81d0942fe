import { expect, test } from 'vitest'
import { factsOf } from '../../test/fixtures/review.ts'
import type { PackageFacts } from '../contracts/package-facts.ts'
import { ProblemCode } from '../contracts/problem.ts'
import { packageObservations } from './package-rules.ts'
import { problemObservations } from './problem-rules.ts'

function seen(changes: Partial<PackageFacts>): string[] {
  return packageObservations(factsOf(changes)).map(({ kind, evidence }) => `${kind}: ${evidence}`)
}

test('nothing is said of an unremarkable package', () => expect(seen({})).toEqual([]))

test('install scripts are shown word for word, else what announces them', () => {
  const scripts = { preinstall: 'a', postinstall: 'b | c' }
  expect(seen({ hasInstallScript: true, scripts })).toEqual([
    'install-script: preinstall: a\npostinstall: b | c',
  ])
  expect(seen({ hasInstallScript: true })).toEqual(['install-script: hasInstallScript in the lock'])
  expect(seen({ hasInstallScript: true, native: true })).toEqual([
    'install-script: a binding.gyp, which npm builds by node-gyp',
    'native-code: a binding.gyp or a .node file',
  ])
})

test('deprecation and engines are shown', () => {
  const engines = { node: '<=12' }
  expect(seen({ deprecated: 'use right', engines, enginesOk: false })).toEqual([
    'deprecated: use right',
    'engines-mismatch: node <=12',
  ])
})

test('engines that are no range are shown', () => {
  const problems = [{ code: 'ENGINES_INVALID' as const, detail: 'node latest' }]
  expect(seen({ problems })).toEqual(['engines-invalid: node latest'])
})

test('engines do not matter for an optional package that npm has left out', () => {
  const problems = [{ code: 'NOT_INSTALLED' as const, detail: '' }]
  expect(seen({ enginesOk: false, optional: true, problems })).toEqual([])
  expect(seen({ enginesOk: false, problems })).toHaveLength(1)
})

test.each(['left', '@scope/left', 'JSONStream', '@types/node', 'left.js', '0', "legacy~'!()*"])(
  '%s is a name that npm gives',
  (name) => expect(seen({ name })).toEqual([]),
)

test.each([
  ['l\u0435ft', 'l\\u{435}ft'],
  ['left\u200b', 'left\\u{200b}'],
  ['a b', 'a b'],
  ['.hidden', '.hidden'],
  ['a\nb', 'a\\u{a}b'],
  ['../up', '../up'],
])('%j is not, and letters that look alike are told apart', (name, evidence) => {
  expect(seen({ name })).toEqual([`name-invalid: ${evidence}`])
})

test('a link is judged where it leads', () => {
  expect(seen({ link: true, hasInstallScript: true, deprecated: 'x', enginesOk: false })).toEqual(
    [],
  )
})

test('every problem is a finding, but for those that other rules read', () => {
  const silent = ProblemCode.options.filter(
    (code) => problemObservations(factsOf({ problems: [{ code, detail: 'd' }] })).length === 0,
  )
  expect(silent).toEqual([
    'NOT_INSTALLED',
    'ENGINES_INVALID',
    'LICENSE_FILE_UNKNOWN',
    'LICENSE_FILE_MISSING',
  ])
})

test('a problem is told with what was seen', () => {
  const problems = [{ code: 'MANIFEST_VERSION_DIFFERS' as const, detail: '"2.0.0" for "1.0.0"' }]
  expect(problemObservations(factsOf({ problems }))).toEqual([
    {
      kind: 'manifest-mismatch',
      message: 'what is installed of left is not the locked version',
      evidence: '"2.0.0" for "1.0.0"',
    },
  ])
})
