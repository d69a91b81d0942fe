import fc from 'fast-check'
import { expect, test } from 'vitest'
import { factsOf, findingOf, reportMeta } from '../../test/fixtures/review.ts'
import { Report } from '../contracts/report.ts'
import { severities } from '../contracts/severity.ts'
import { assembleReport, verdictOf } from './report.ts'
import { serializeReport } from './write-report.ts'

const project = { name: 'project', version: '1.0.0' }
const facts = [
  factsOf({ name: 'b' }),
  factsOf({ name: 'B' }),
  factsOf({ name: 'b', version: '0.9.0', path: 'node_modules/a/node_modules/b' }),
]
const findings = [
  findingOf({ severity: 'info' }),
  findingOf({ severity: 'high', kind: 'deprecated' }),
  findingOf({ severity: 'high', package: 'z' }),
]

test('packages are sorted by path and know all versions of their name', () => {
  const report = assembleReport({ project, facts, findings: [], ignored: 0, meta: reportMeta })
  expect(report.packages.map(({ path, versions }) => [path, versions])).toEqual([
    ['node_modules/B', ['1.0.0']],
    ['node_modules/a/node_modules/b', ['0.9.0', '1.0.0']],
    ['node_modules/b', ['0.9.0', '1.0.0']],
  ])
  expect(Report.parse(report)).toEqual(report)
})

test('the counts add up', () => {
  const { counts } = assembleReport({ project, facts, findings, ignored: 4, meta: reportMeta })
  expect(counts).toEqual({
    packages: 3,
    findings: 3,
    critical: 0,
    high: 2,
    medium: 0,
    low: 0,
    info: 1,
    ignored: 4,
  })
})

test('in any order of facts and findings the bytes are the same', () => {
  const bytesOf = (someFacts: typeof facts, someFindings: typeof findings) =>
    serializeReport(
      assembleReport({
        project,
        facts: someFacts,
        findings: someFindings,
        ignored: 0,
        meta: reportMeta,
      }),
    )
  const expected = bytesOf(facts, findings)
  const shuffled = <T>(all: T[]) => fc.shuffledSubarray(all, { minLength: all.length })
  fc.assert(
    fc.property(shuffled(facts), shuffled(findings), (someFacts, someFindings) => {
      expect(bytesOf(someFacts, someFindings)).toBe(expected)
    }),
  )
})

test('facts that only the rules need are not in the report', () => {
  const problems = [{ code: 'UNREADABLE' as const, detail: 'EACCES' }]
  const parts = {
    project,
    facts: [factsOf({ problems })],
    findings: [],
    ignored: 0,
    meta: reportMeta,
  }
  expect(serializeReport(assembleReport(parts))).not.toMatch(/problems|EACCES|workspace|Guess/)
})

test.each([
  ['pass', [], 'high'],
  ['pass', ['info', 'low'], 'high'],
  ['review', ['medium'], 'high'],
  ['review', ['high'], 'critical'],
  ['fail', ['info', 'high'], 'high'],
  ['fail', ['critical'], 'high'],
  ['fail', ['low'], 'low'],
  ['fail', ['medium'], 'medium'],
] as const)('the verdict is %s on %j, failing on %s', (verdict, levels, failOn) => {
  const found = levels.map((severity) => findingOf({ severity }))
  expect(verdictOf(found, failOn)).toBe(verdict)
})

test('without findings every threshold passes', () => {
  expect(severities.map((severity) => verdictOf([], severity))).toEqual(Array(5).fill('pass'))
})
