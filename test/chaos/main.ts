/**
 * `npm run chaos`: real processes on a real Kafka under fault injection, trial after trial, each held
 * against J1 to J10 and the promises of the log. Exits with 1 when a trial breaks one, or when the
 * campaign has proved nothing.
 */

import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { sabotages } from '../../runtime/durable/sabotage.ts'
import { findExecutable } from '../../deploy/local/executable.ts'
import { freePorts } from '../../deploy/local/ports.ts'
import { findJava } from '../../deploy/local/java.ts'
import { fetchPlatform } from '../../deploy/local/libraries.ts'
import { isAlive } from '../../deploy/local/process.ts'
import { registryUrl, startRegistry } from '../../deploy/local/registry.ts'
import { use } from '../../deploy/local/users.ts'
import { createCodec } from '../../schemas/codec.ts'
import { registrySchemaStore } from '../../schemas/registry.ts'
import { neverHappened, sumsText } from '../workload/totals.ts'
import { faultKinds } from './plan.ts'
import { canMount, unmountBelow } from './small-disk.ts'
import { CampaignTotals } from './totals.ts'
import { runTrial, type TrialReport } from './trial.ts'

const usage = `usage: npm run chaos -- [--faults N] [--seed S] [--brokers 1|3] [--trial] [--sabotage RULE] [--or-skip]
  --faults N    how many faults (default 500), over trials of about 12
  --seed S      of the first trial (default 1); the next has the next number
  --brokers N   of each trial; by default every third has three
  --trial       one trial only: the one of the seed
  --sabotage R  with a rule of the kernel switched off, to see it noticed
  --or-skip     where there is no Java, say so and succeed`

const faultsPerTrial = 12
/** A short campaign need not meet everything that can happen. */
const enoughFaults = 300
const directory = join(import.meta.dirname, '../../.stoa')

const { values } = parseArgs({
  options: {
    faults: { type: 'string', default: '500' },
    seed: { type: 'string', default: '1' },
    brokers: { type: 'string' },
    trial: { type: 'boolean', default: false },
    sabotage: { type: 'string' },
    'or-skip': { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
if (values.help) {
  print(usage)
  process.exit(0)
}
const wanted = whole(values.faults)
const first = whole(values.seed)
const brokersOf = brokersFrom(values.brokers)

const sabotage = sabotages.find((rule) => rule === values.sabotage)
if (values.sabotage !== undefined && sabotage === undefined) {
  warn(`there is no rule '${values.sabotage}': ${sabotages.join(', ')}`)
  process.exit(2)
}

const java = await findJava(process.env)
if (java === undefined) {
  warn('npm run chaos kills and stops brokers, so it needs its own: install Java 17 and Maven')
  process.exit(values['or-skip'] ? 0 : 2)
}
const maven = findExecutable('mvn', process.env)
const platform = await fetchPlatform({ directory, java, maven, progress: warn })
const folder = ownFolder(join(directory, 'chaos'))
const users = join(folder, 'users')
const lock = join(folder, 'lock')
const leave = use(users)
const [port = 0] = await freePorts(1)
const registry = await startRegistry({ platform, directory: folder, port, users, lock })
const codec = await createCodec(registrySchemaStore({ host: registryUrl(port) }))

const totals = new CampaignTotals(faultKinds(canMount()))
let passed = 0
let failed = 0
try {
  for (let seed = first; totals.faults < wanted && !(values.trial && seed > first); seed += 1) {
    const begin = performance.now()
    const report = await trial(seed)
    const seconds = Math.round((performance.now() - begin) / 1_000)
    totals.add(report)
    if (report.violations.length === 0) passed += 1
    else failed += 1
    print(`${lineOf(report)} (${String(seconds)} s)`)
  }
} finally {
  await registry.stop()
  leave()
}
print(sumsText(totals.sums()))
const missing = totals.faults >= enoughFaults ? neverHappened(totals.sums()) : []
for (const name of missing) print(`nothing is proved of ${name}: there were none`)
if (failed > 0 || missing.length > 0) process.exitCode = 1
print(`${String(passed)} passed, ${String(failed)} failed`)

async function trial(seed: number): Promise<TrialReport> {
  const home = join(folder, `seed-${String(seed)}`)
  const options = { brokers: brokersOf(seed), faults: faultsPerTrial }
  const report = await runTrial({
    ...{ ...options, seed, platform, codec, sabotage, users, lock, folder: home },
    registryUrl: registryUrl(port),
  })
  // What failed is kept to be looked at.
  if (report.violations.length === 0) rmSync(home, { recursive: true, force: true })
  return report
}

function lineOf({ seed, brokers, violations, faults, totals: of }: TrialReport): string {
  const kinds = [...faults].map(
    ([kind, count]) => `${kind}${count > 1 ? ` ×${String(count)}` : ''}`,
  )
  const head = `seed ${String(seed)}, ${String(brokers)} broker${brokers > 1 ? 's' : ''}`
  const done = `${String(of.completed)} of ${String(of.runs)} runs completed, ${String(of.fences)} fences, ${String(of.ignoredEntries)} ignored, ${String(of.reexecutions)} again`
  const lines = [`${head}: ${done}; ${kinds.join(', ')}`]
  if (violations.length > 0) {
    lines.push(...violations.slice(0, 20).map((violation) => `  ${violation}`))
    lines.push(
      `  npm run chaos -- --seed ${String(seed)} --brokers ${String(brokers)} --trial`,
      `  the output of its processes is in ${join(folder, `seed-${String(seed)}`)}`,
    )
  }
  return lines.join('\n')
}

function brokersFrom(text: string | undefined): (seed: number) => 1 | 3 {
  if (text === undefined) return (seed) => (seed % 3 === 0 ? 3 : 1)
  if (text === '1') return () => 1
  if (text === '3') return () => 3
  warn(usage)
  process.exit(2)
}

function whole(text: string): number {
  if (/^\d+$/.test(text)) return Number(text)
  warn(usage)
  process.exit(2)
}

/** A folder for this process; what ended campaigns have left is removed. */
function ownFolder(parent: string): string {
  mkdirSync(parent, { recursive: true })
  for (const name of readdirSync(parent)) {
    if (isAlive(Number(name))) continue
    const left = join(parent, name)
    unmountBelow(left)
    // Its last processes may be ending just now.
    rmSync(left, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 })
  }
  const own = join(parent, String(process.pid))
  mkdirSync(own)
  return own
}

/** A line of the output. */
function print(line: string): void {
  process.stdout.write(`${line}\n`)
}

function warn(line: string): void {
  process.stderr.write(`${line}\n`)
}
