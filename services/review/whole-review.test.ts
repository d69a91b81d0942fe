/** The domain from end to end, as the durable steps call it, on real files. */

import { expect, test } from 'vitest'
import { fixture, lockOf, temporaryProject } from '../../test/fixtures/project.ts'
import { reportMeta, sha512 } from '../../test/fixtures/review.ts'
import type { ReportMeta } from '../contracts/report.ts'
import { Report } from '../contracts/report.ts'
import { inspectPackage } from '../inspection/inspect-package.ts'
import { applyPolicy } from './apply-policy.ts'
import { compareProject } from './compare-project.ts'
import { findingsIn } from './findings.ts'
import { readLockfile } from './read-lockfile.ts'
import { readPolicy } from './read-policy.ts'
import { assembleReport } from './report.ts'

async function review(directory: string, meta: ReportMeta = reportMeta): Promise<Report> {
  const tree = await readLockfile(directory)
  const policy = await readPolicy(directory)
  const facts = await Promise.all(tree.packages.map((ref) => inspectPackage(ref)))
  const all = [...findingsIn(facts, policy), ...(await compareProject(tree))]
  const { findings, ignored } = applyPolicy(all, policy, '2026-11-25')
  return assembleReport({ project: tree.project, facts, findings, ignored, meta })
}

function shown({ findings }: Report): string[] {
  return findings.map(({ severity, kind, package: name }) => `${severity} ${kind} ${name}`.trim())
}

test('a clean project passes', async () => {
  const report = await review(fixture('clean'))
  expect(report.verdict).toBe('pass')
  expect(shown(report)).toEqual(['info tree-not-installed'])
})

test('a risky project fails, for all of its reasons', async () => {
  const report = await review(fixture('risky'))
  expect(report.verdict).toBe('fail')
  expect(shown(report)).toEqual([
    'high license-denied copyleft',
    'high origin-git-unpinned floating',
    'high origin-http-plain old',
    'high resolved-mismatch swapped',
    'medium engines-mismatch old',
    'medium install-script builder',
    'medium integrity-missing copyleft',
    'medium license-missing old',
    'low deprecated old',
    'low integrity-weak old',
    'info duplicate-versions copyleft',
    'info tree-not-installed',
  ])
  expect(new Set(report.findings.map(({ id }) => id)).size).toBe(report.findings.length)
})

test("a project's own packages are listed and not judged, workspaces and other folders", async () => {
  const report = await review(fixture('workspaces'))
  expect(report.packages.map(({ path, origin }) => `${path} ${origin}`)).toEqual([
    'node_modules/@scope/a link',
    'node_modules/left registry',
    'node_modules/vendored link',
    'packages/a file',
    'packages/a/node_modules/left registry',
    'vendor/vendored file',
  ])
  expect(shown(report)).toEqual(['info duplicate-versions left', 'info tree-not-installed'])
})

test('two reviews of the same input differ in meta only, wherever the project lies', async () => {
  const files = {
    'package-lock.json': lockOf(
      {
        'node_modules/left': { version: '1.0.0', integrity: sha512 },
        'node_modules/broken': { version: '1.0.0', integrity: sha512 },
        '../out': { version: '1.0.0' },
      },
      { name: 'same' },
    ),
    'node_modules/left/package.json': { name: 'left', version: '1.0.0', license: 'MIT' },
    'node_modules/broken/package.json': '{',
  }
  const { meta: one, ...first } = await review(await temporaryProject(files))
  const other = { ...reportMeta, runId: 'run-2', durationMs: 7 }
  const { meta: two, ...second } = await review(await temporaryProject(files), other)
  expect(JSON.stringify(second)).toBe(JSON.stringify(first))
  expect(two).not.toEqual(one)
})

test('a lock full of odd things is reviewed, and each is a finding', async () => {
  const entry = { version: '1.0.0', integrity: sha512, license: 'MIT' }
  const directory = await temporaryProject({
    'package-lock.json': lockOf({
      'node_modules/null': null,
      'node_modules/l\u0435ft': entry,
      '../../etc': entry,
      'node_modules/nul\0l': entry,
      'node_modules/link': { link: true, resolved: 'nowhere' },
      'node_modules/secret': {
        ...entry,
        resolved: 'https://me:pw@registry.npmjs.org/secret/-/secret-1.0.0.tgz',
      },
    }),
  })
  const report = await review(directory)
  expect(Report.parse(report)).toEqual(report)
  expect(report.packages).toHaveLength(6)
  const kinds = new Set(report.findings.map(({ kind }) => kind))
  expect([...kinds].sort()).toEqual([
    'integrity-missing',
    'license-missing',
    'link-target-missing',
    'lock-entry-malformed',
    'name-invalid',
    'origin-file',
    'origin-unknown',
    'path-unsafe',
    'resolved-credentials',
    'tree-not-installed',
  ])
})
