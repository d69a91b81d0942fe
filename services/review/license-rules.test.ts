import { expect, test } from 'vitest'
import { factsOf } from '../../test/fixtures/review.ts'
import type { PackageFacts } from '../contracts/package-facts.ts'
import { defaultPolicy } from './default-policy.ts'
import { licenseObservations } from './license-rules.ts'

function kinds(changes: Partial<PackageFacts>, policy = defaultPolicy): string[] {
  return licenseObservations(factsOf(changes), policy).map(({ kind }) => kind)
}

function declared(expression: string, licenseGuess: string | null = null): Partial<PackageFacts> {
  return { license: { expression, source: 'manifest', valid: false }, licenseGuess }
}

function spdx(expression: string): Partial<PackageFacts> {
  return { license: { expression, source: 'manifest', valid: true } }
}

const none: Partial<PackageFacts> = { license: { expression: null, source: 'none', valid: false } }

test('an allowed licence is no finding', () =>
  expect(kinds(spdx('MIT OR GPL-3.0-only'))).toEqual([]))

test('a denied licence and one to review are told apart', () => {
  expect(kinds(spdx('AGPL-3.0-only'))).toEqual(['license-denied'])
  expect(kinds(spdx('MPL-2.0'))).toEqual(['license-review'])
})

test('a licence that the policy does not list is for a person', () => {
  const [observation] = licenseObservations(factsOf(spdx('Beerware')), defaultPolicy)
  expect(observation).toEqual({
    kind: 'license-review',
    message: 'left has Beerware, which the policy does not list',
    evidence: 'Beerware',
  })
})

test('no licence at all is missing, a file with unknown terms is for a person', () => {
  expect(kinds(none)).toEqual(['license-missing'])
  const problems = [{ code: 'LICENSE_FILE_UNKNOWN' as const, detail: 'LICENSE' }]
  expect(kinds({ ...none, problems })).toEqual(['license-review'])
})

test.each([
  ['declares no licence, and has no licence file', {}],
  ['declares no licence in the lock', { installed: null }],
  [
    'has no licence that could be read',
    { problems: [{ code: 'MANIFEST_MALFORMED' as const, detail: '' }] },
  ],
])('a missing licence: left %s', (message, changes) => {
  const [observation] = licenseObservations(factsOf({ ...none, ...changes }), defaultPolicy)
  expect(observation?.message).toBe(`left ${message}`)
})

test('a misspelt licence is judged by what it most likely means', () => {
  expect(kinds(declared('Apache 2', 'Apache-2.0'))).toEqual(['license-misspelt'])
  expect(kinds(declared('Gnu GPL', 'GPL-3.0'))).toEqual(['license-misspelt', 'license-denied'])
})

test('what nobody can read is invalid', () => {
  expect(kinds(declared('ask me'))).toEqual(['license-invalid'])
})

test('a word that is not SPDX may be listed in the policy', () => {
  const licenses = { ...defaultPolicy.licenses, allowed: ['ask me'] }
  expect(kinds(declared('ask me'), { ...defaultPolicy, licenses })).toEqual([])
})

test('UNLICENSED is denied, and reviewed where the policy does not say so', () => {
  expect(kinds(declared('UNLICENSED'))).toEqual(['license-denied'])
  const licenses = { ...defaultPolicy.licenses, denied: [] }
  expect(kinds(declared('UNLICENSED'), { ...defaultPolicy, licenses })).toEqual(['license-review'])
})

test('terms in a file are for a person, who is told when the file is missing', () => {
  const problems = [{ code: 'LICENSE_FILE_MISSING' as const, detail: 'TERMS cannot be read' }]
  const facts = factsOf({ ...declared('SEE LICENSE IN TERMS'), problems })
  expect(licenseObservations(facts, defaultPolicy)).toEqual([
    {
      kind: 'license-review',
      message: 'left has terms of its own, which a person has to read',
      evidence: 'SEE LICENSE IN TERMS; TERMS cannot be read',
    },
  ])
})

test('a link needs no licence', () => {
  expect(kinds({ ...none, link: true })).toEqual([])
})
