import { expect, test } from 'vitest'
import { findingOf } from '../../test/fixtures/review.ts'
import { compareFindings, Finding } from './finding.ts'
import { FindingKind, findingKinds } from './finding-kinds.ts'

test('the id is the same in every run', () => {
  expect(findingOf().id).toBe('fb52297f74adb834')
})

test('neither the severity nor the wording is part of the id', () => {
  expect(findingOf({ severity: 'low', message: 'other words' }).id).toBe(findingOf().id)
})

test.each(['kind', 'package', 'version', 'path', 'evidence'])(
  'another %s has another id',
  (field) => {
    expect(findingOf({ [field]: 'x' }).id).not.toBe(findingOf().id)
  },
)

test('a finding is within the bounds of its schema whatever it is made of', () => {
  const long = 'x'.repeat(100_000)
  const made = findingOf({ evidence: long, message: long })
  expect(Finding.parse(made)).toEqual(made)
  expect(JSON.stringify(made).length).toBeLessThan(2000)
})

test('every kind is one that a finding may have', () => {
  expect(FindingKind.options).toEqual(Object.keys(findingKinds))
  for (const kind of FindingKind.options)
    expect(() => Finding.parse(findingOf({ kind }))).not.toThrow()
})

test('the most severe comes first, then the order of the names by code unit', () => {
  const findings = [
    findingOf({ severity: 'low' }),
    findingOf({ package: 'b' }),
    findingOf({ package: 'Z' }),
    findingOf({ severity: 'critical' }),
  ]
  expect(findings.sort(compareFindings).map((each) => [each.severity, each.package])).toEqual([
    ['critical', 'left'],
    ['medium', 'Z'],
    ['medium', 'b'],
    ['low', 'left'],
  ])
})
