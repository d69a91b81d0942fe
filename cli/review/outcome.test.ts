import pc from 'picocolors'
import { expect, test } from 'vitest'
import { findingOf, factsOf, reportMeta } from '../../test/fixtures/review.ts'
import type { Finding } from '../../services/contracts/finding.ts'
import { assembleReport } from '../../services/review/report.ts'
import { outcomeText } from './outcome.ts'

const options = { colors: pc.createColors(false), columns: undefined, took: '2.0 s' }
const where = { json: '/out/report.json', markdown: '/out/report.md' }

function text(findings: readonly Finding[]): string {
  const report = assembleReport({
    project: { name: 'shop', version: '1.2.0' },
    facts: [factsOf()],
    ...{ findings, ignored: 0, meta: reportMeta },
  })
  const { verdict, counts } = report
  return outcomeText({ verdict, counts, report: where }, report, options)
}

test('a project with nothing to act on takes four lines', () => {
  expect(text([]).split('\n')).toEqual([
    'pass  shop 1.2.0: 1 package, 0 findings, 2.0 s',
    'critical 0  high 0  medium 0  low 0  info 0  ignored 0',
    '',
    '/out/report.md',
    '/out/report.json',
  ])
})

test('what to act on is shown, the most severe first', () => {
  const lines = text([
    findingOf(),
    findingOf({
      severity: 'high',
      kind: 'license-denied',
      message: 'left is under a denied licence',
    }),
  ]).split('\n')
  expect(lines[0]).toBe('fail  shop 1.2.0: 1 package, 2 findings, 2.0 s')
  expect(lines.slice(3, 6)).toEqual([
    'SEVERITY  KIND            PACKAGE     WHAT',
    'high      license-denied  left 1.0.0  left is under a denied licence',
    'medium    install-script  left 1.0.0  left runs a script when it is installed',
  ])
})

test('many findings are cut, and the rest is counted', () => {
  const findings = Array.from({ length: 13 }, (_, index) =>
    findingOf({ package: `left-${index}`, path: `node_modules/left-${index}` }),
  )
  expect(text(findings)).toContain('\nand 3 more in report.md\n')
})

test("strangers' names cannot steer the terminal", () => {
  expect(text([findingOf({ package: 'left\u001b[2J\n' })])).toContain('left 1.0.0')
})

test('without the report at hand, the counts remain', () => {
  const counts = {
    ...{ packages: 2, findings: 1, critical: 0, high: 1, medium: 0, low: 0, info: 0 },
    ignored: 3,
  }
  const lines = outcomeText({ verdict: 'fail', counts, report: where }, undefined, options)
  expect(lines.split('\n').slice(0, 2)).toEqual([
    'fail  2 packages, 1 finding, 2.0 s',
    'critical 0  high 1  medium 0  low 0  info 0  ignored 3',
  ])
})
