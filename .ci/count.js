// Adds up the reports of the test runs: `node count.js <folder of reports> <exit status of the tests>`.
// A failure outside the test runs (lint, types, simulation) counts as one, so that zero means green.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const [folder, status] = process.argv.slice(2)
const reports = list(folder).map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')))
const sum = (count) => reports.reduce((total, report) => total + count(report), 0)

const passed = sum((report) => report.numPassedTests)
const failed = sum((report) => Math.max(report.numFailedTests, report.success ? 0 : 1))

console.log(`${passed} passed, ${Math.max(failed, status === '0' ? 0 : 1)} failed`)
process.exit(failed === 0 && passed > 0 ? 0 : 1)

function list(path) {
  try {
    return readdirSync(path).filter((name) => name.endsWith('.json'))
  } catch {
    return []
  }
}
