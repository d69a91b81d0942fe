import { expect, test } from 'vitest'
import { factsOf, sha1 } from '../../test/fixtures/review.ts'
import type { PackageFacts } from '../contracts/package-facts.ts'
import { defaultPolicy } from './default-policy.ts'
import { integrityObservations, originObservations } from './origin-rules.ts'

function origins(changes: Partial<PackageFacts>, policy = defaultPolicy): string[] {
  return originObservations(factsOf(changes), policy).map(({ kind }) => kind)
}

function integrities(changes: Partial<PackageFacts>): string[] {
  return integrityObservations(factsOf(changes)).map(({ kind }) => kind)
}

const commit = 'a'.repeat(40)
const registry = 'https://registry.npmjs.org'

test.each([
  ['git', `git+ssh://git@github.com/a/b.git#${commit}`, 'origin-git'],
  ['git', 'git+ssh://git@github.com/a/b.git#main', 'origin-git-unpinned'],
  ['git', 'git+ssh://git@github.com/a/b.git', 'origin-git-unpinned'],
  ['http', 'https://example.org/a.tgz', 'origin-http'],
  ['http', 'http://example.org/a.tgz', 'origin-http-plain'],
  ['file', 'file:vendor/a.tgz', 'origin-file'],
  ['unknown', null, 'origin-unknown'],
] as const)('from %s by %s is %s', (origin, resolved, kind) => {
  expect(origins({ origin, resolved })).toEqual([kind])
})

test('a registry that is listed, a link and a bundled package are no findings', () => {
  expect(origins({})).toEqual([])
  expect(origins({ resolved: null })).toEqual([])
  expect(origins({ origin: 'link', resolved: '../a' })).toEqual([])
  expect(origins({ origin: 'unknown', resolved: null, bundled: true })).toEqual([])
})

test('a registry that the policy does not list is named, with its port', () => {
  const resolved = 'https://npm.example:8443/left/-/left-1.0.0.tgz'
  expect(origins({ resolved })).toEqual(['registry-unlisted'])
  expect(origins({ resolved }, { ...defaultPolicy, registries: ['npm.example:8443'] })).toEqual([])
})

test('a registry over plain http is a finding of its own', () => {
  expect(origins({ resolved: 'http://registry.npmjs.org/left/-/left-1.0.0.tgz' })).toEqual([
    'origin-http-plain',
  ])
})

test.each([
  ['left', '1.0.0', `${registry}/right/-/right-1.0.0.tgz`],
  ['left', '1.0.0', `${registry}/@evil/left/-/left-1.0.0.tgz`],
  ['@scope/left', '1.0.0', `${registry}/left/-/left-1.0.0.tgz`],
  ['left', '1.0.0', `${registry}/left/-/left-1.0.1.tgz`],
])('%s@%s fetched from %s is a mismatch', (name, version, resolved) => {
  expect(origins({ name, version, resolved })).toEqual(['resolved-mismatch'])
})

test.each([
  ['@scope/left', '1.0.0', `${registry}/@scope/left/-/left-1.0.0.tgz`],
  ['@scope/left', '1.0.0', `${registry}/@scope%2fleft/-/left-1.0.0.tgz`],
  ['@scope/left', '1.0.0', `${registry}/@scope/left/-/@scope/left-1.0.0.tgz`],
  ['left', '1.0.0-beta.1', `${registry}/left/-/left-1.0.0-beta.1.tgz`],
  ['left', '1.0.0+build', `${registry}/left/-/left-1.0.0.tgz`],
  ['left', '', `${registry}/left/-/left-1.0.0.tgz`],
  ['left', '1.0.0', `${registry}/%zz/-/left-1.0.0.tgz`],
])('%s@%s fetched from %s is no mismatch', (name, version, resolved) => {
  expect(origins({ name, version, resolved })).toEqual([])
})

test('an integrity that is missing, where npm fetches, is a finding', () => {
  const none = { integrity: null, integrityAlgorithm: null }
  expect(integrities(none)).toEqual(['integrity-missing'])
  expect(integrities({ ...none, origin: 'http' })).toEqual(['integrity-missing'])
  for (const origin of ['git', 'file', 'link'] as const) {
    expect(integrities({ ...none, origin })).toEqual([])
  }
  expect(integrities({ ...none, origin: 'unknown', bundled: true })).toEqual([])
})

test('sha1 alone is weak, wherever the package comes from', () => {
  expect(integrities({ integrity: sha1, integrityAlgorithm: 'sha1' })).toEqual(['integrity-weak'])
  expect(integrities({})).toEqual([])
})
