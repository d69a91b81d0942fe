import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryProject } from '../../test/fixtures/project.ts'
import { factsOf, findingOf, reportMeta } from '../../test/fixtures/review.ts'
import { Report } from '../contracts/report.ts'
import { assembleReport } from './report.ts'
import { writeReport } from './write-report.ts'

const report = assembleReport({
  project: { name: 'project', version: '1.0.0' },
  facts: [factsOf()],
  findings: [findingOf()],
  ignored: 0,
  meta: reportMeta,
})

test('both files are written to a directory that need not be there, and nothing else', async () => {
  const out = join(await temporaryProject({}), 'deep/out')
  const written = await writeReport(report, out)
  expect(written).toEqual({ json: join(out, 'report.json'), markdown: join(out, 'report.md') })
  expect((await readdir(out)).sort()).toEqual(['report.json', 'report.md'])
  expect(Report.parse(JSON.parse(await readFile(written.json, 'utf8')))).toEqual(report)
  expect(await readFile(written.markdown, 'utf8')).toContain('# Review of project')
})

test('writing a report again leaves the same bytes', async () => {
  const out = await temporaryProject({ 'report.json': 'old' })
  const { json } = await writeReport(report, out)
  const first = await readFile(json)
  await writeReport(report, out)
  expect(await readFile(json)).toEqual(first)
})

test('when a file cannot be put in its place, nothing half-written stays', async () => {
  const out = await temporaryProject({ 'report.md/in-the-way': '' })
  await expect(writeReport(report, out)).rejects.toThrow()
  expect(await readdir(out)).toEqual(['report.md'])
})
