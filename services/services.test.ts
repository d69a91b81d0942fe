/** Every definition of the review, with the process dying around each append. */

import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { crashEverywhere, testRuntime } from '../runtime/testing/index.ts'
import { lockOf, temporaryProject } from '../test/fixtures/project.ts'
import { refOf, sha512 } from '../test/fixtures/review.ts'
import { Report } from './contracts/report.ts'
import { definitions } from './definitions.ts'
import { inspection } from './inspection/inspection.ts'
import { review } from './review/review.ts'

vi.setConfig({ testTimeout: 120_000 })

const served = [inspection.orchestrator, inspection.worker]

/**
 * Real files take a different while each time, and so share appends differently: with no delay of
 * positions, what a process appends it has appended by the time the result is there.
 */
const settings = { positionDelayMs: 0 }

/** Three packages: one plain, one with an install script, one that is not installed. */
function project(): Promise<string> {
  const entry = (name: string) => ({
    version: '1.0.0',
    resolved: `https://registry.npmjs.org/${name}/-/${name}-1.0.0.tgz`,
    integrity: sha512,
    license: 'MIT',
  })
  const manifest = (name: string) => ({ name, version: '1.0.0', license: 'MIT' })
  return temporaryProject({
    'package-lock.json': lockOf({
      'node_modules/left': entry('left'),
      'node_modules/right': { ...entry('right'), hasInstallScript: true },
      'node_modules/gone': { ...entry('gone'), license: 'GPL-3.0-only' },
    }),
    'node_modules/left/package.json': manifest('left'),
    'node_modules/right/package.json': { ...manifest('right'), scripts: { install: 'make' } },
  })
}

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'stoa-report-'))
  onTestFinished(() => rm(path, { recursive: true, force: true }))
  return path
}

test('the tests below are of every definition that is served', () => {
  expect(definitions).toEqual([review, ...served])
})

test('a review writes the same report to the byte, but for its times, wherever a process dies', async () => {
  const directory = await project()
  const out = await folder()
  const reports: string[] = []
  await crashEverywhere(
    review,
    { input: { directory, out }, definitions: served, settings },
    async ({ result, effects }) => {
      expect(result.verdict).toBe('fail')
      expect(effects('write report')).toHaveLength(1)
      const text = await readFile(result.report.json, 'utf8')
      const { meta, ...report } = Report.parse(JSON.parse(text))
      expect(meta.runId).toBe('run')
      reports.push(text.slice(0, text.indexOf('"meta":')))
      expect(report.packages.map(({ name }) => name)).toEqual(['gone', 'left', 'right'])
      // So that the next one cannot be read in its place.
      await rm(out, { recursive: true })
      await mkdir(out)
    },
  )
  expect(new Set(reports).size).toBe(1)
  expect(reports.length).toBeGreaterThan(20)
})

test('an inspection brings the same facts, each package inspected once by its key', async () => {
  const directory = await project()
  const packages = ['left', 'right'].map((name) => refOf(directory, { name }))
  await crashEverywhere(
    inspection.orchestrator,
    { input: { packages }, definitions: [inspection.worker], settings },
    ({ result, effects }) => {
      expect(result.missing).toEqual([])
      expect(result.results.map(({ name, hasInstallScript }) => [name, hasInstallScript])).toEqual([
        ['left', false],
        ['right', true],
      ])
      expect(effects('inspect')).toHaveLength(2)
    },
  )
})

test('a task of an inspection brings the same facts', async () => {
  const directory = await project()
  const input = refOf(directory, { name: 'right' })
  await crashEverywhere(inspection.worker, { input, settings }, ({ result }) => {
    expect(result.scripts).toEqual({ install: 'make' })
  })
})

test('facts that are too large for one result are asked for in halves', async () => {
  const names = Array.from({ length: 80 }, (_, at) => `p${at}`)
  const script = '\u65e5'.repeat(4000)
  const scripts = { preinstall: script, install: script, postinstall: script }
  const bin = Object.fromEntries(names.map((name) => [name.padEnd(100, '\u65e5'), 'x']))
  const files = new Map<string, unknown>()
  const entries = new Map<string, unknown>()
  for (const name of names) {
    entries.set(`node_modules/${name}`, { version: '1.0.0' })
    files.set(`node_modules/${name}/package.json`, { name, version: '1.0.0', scripts, bin })
  }
  files.set('package-lock.json', lockOf(Object.fromEntries(entries)))
  const directory = await temporaryProject(Object.fromEntries(files))
  const runtime = await testRuntime({ definitions, partitions: 1, settings })
  const run = await runtime.start(review, { directory })
  const { report } = await run.result()
  await runtime.stop()
  const { packages } = Report.parse(JSON.parse(await readFile(report.json, 'utf8')))
  expect(packages.map((each) => each.name).sort()).toEqual(names.sort())
  expect(run.journal.filter(({ type }) => type === 'CallRequested')).toHaveLength(3)
})
