import { expect, test } from 'vitest'
import { factsOf } from '../../test/fixtures/review.ts'
import type { PackageFacts } from '../contracts/package-facts.ts'
import { duplicateFindings, missingFindings, versionsByName } from './tree-rules.ts'

function missing(name: string, changes: Partial<PackageFacts> = {}): PackageFacts {
  const problems = [{ code: 'NOT_INSTALLED' as const, detail: '' }]
  return factsOf({ name, installed: null, problems, ...changes })
}

test('versions are in the order of versions, and those that are none come by code unit', () => {
  const versions = ['10.0.0', '9.0.0', '10.0.0-beta', '', 'odd', '9.0.0']
  const facts = versions.map((version) => factsOf({ version }))
  expect(versionsByName(facts).get('left')).toEqual(['9.0.0', '10.0.0-beta', '10.0.0', 'odd'])
})

test('a name in more than one version is one finding, with where each is', () => {
  const facts = [
    factsOf({ version: '2.0.0', path: 'node_modules/z/node_modules/left' }),
    factsOf({ version: '2.0.0', path: 'node_modules/b/node_modules/left' }),
    factsOf({ version: '1.0.0' }),
    factsOf({ name: 'once' }),
    factsOf({ name: 'same' }),
    factsOf({ name: 'same', path: 'node_modules/b/node_modules/same' }),
  ]
  const found = duplicateFindings(facts)
  expect(found).toHaveLength(1)
  expect(found[0]).toMatchObject({
    kind: 'duplicate-versions',
    agent: 'review',
    package: 'left',
    evidence: '1.0.0 at node_modules/left\n2.0.0 at node_modules/b/node_modules/left and 1 more',
  })
  expect(duplicateFindings(facts.toReversed())).toEqual(found)
})

test('a package that is missing is a finding, unless it may be', () => {
  const facts = [
    factsOf(),
    missing('gone'),
    missing('left-out', { optional: true }),
    missing('peer', { peer: true }),
    missing('linked', { link: true }),
  ]
  expect(missingFindings(facts).map((each) => [each.kind, each.package])).toEqual([
    ['package-missing', 'gone'],
  ])
})

test('a tree that is not installed is one finding, not one for each package', () => {
  const facts = [missing('a'), missing('b'), factsOf({ path: 'packages/own', name: 'own' })]
  expect(missingFindings(facts).map(({ kind, evidence }) => [kind, evidence])).toEqual([
    ['tree-not-installed', '0 of 2'],
  ])
})

test('a tree without its development packages is one finding', () => {
  const facts = [factsOf(), missing('a', { dev: true }), missing('b', { dev: true }), missing('c')]
  expect(missingFindings(facts).map((each) => [each.kind, each.package])).toEqual([
    ['tree-not-installed', ''],
    ['package-missing', 'c'],
  ])
})

test('a folder of the project that is missing is always a finding', () => {
  const facts = [missing('a'), missing('vendored', { path: 'vendor/vendored' })]
  expect(missingFindings(facts).map(({ path }) => path)).toEqual(['', 'vendor/vendored'])
})

test('nothing is missing from an empty tree', () => expect(missingFindings([])).toEqual([]))
