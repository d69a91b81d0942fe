/**
 * Measures the kernel, each group of figures on a broker of its own, with services in processes of
 * their own and the client in this one: `npm run bench [-- --only calls,idle --json]`. A service is
 * in one file; `--source` runs it from the sources. Prints every figure beside
 * its goal. A group that fails says so, the others go on, and the exit code is 1.
 */

import { join } from 'node:path'
import { bundle } from '../deploy/build/bundle.ts'
import { messageOf } from '../runtime/errors.ts'
import { callTimes } from './calls.ts'
import { figureLine, heading, isMet, type Figure } from './figure.ts'
import { idle } from './idle.ts'
import { longRun, longRunContinued } from './long-run.ts'
import type { Measurement } from './measurement.ts'
import { readOptions } from './options.ts'
import { restart, takeOver } from './recovery.ts'
import { replay } from './replay.ts'
import { scale } from './scale.ts'
import { signalTimes } from './signals.ts'
import { Stage } from './stage.ts'
import { suspendedRuns } from './suspended.ts'
import { throughput } from './throughput.ts'

const root = join(import.meta.dirname, '..')
const measurements: readonly Measurement[] = [
  ...[throughput, callTimes, signalTimes, longRun, longRunContinued, suspendedRuns],
  ...[restart, takeOver, replay, scale, idle],
]

interface Taken {
  readonly measurement: string
  readonly figures: readonly Figure[]
  readonly failure: string | null
}

const options = readOptions(process.argv.slice(2))
const unknown = options.only?.filter((name) => measurements.every((each) => each.name !== name))
if (unknown !== undefined && unknown.length > 0) {
  const names = measurements.map(({ name }) => name).join(', ')
  process.stderr.write(`there is no ${unknown.join(', ')}; there are ${names}\n`)
  process.exit(2)
}

const source = join(import.meta.dirname, 'worker.ts')
const worker = options.source ? source : await bundle(source, join(root, '.stoa/bench'))
const taken: Taken[] = []
if (!options.json) print(heading)
for (const measurement of measurements) {
  if (options.only?.includes(measurement.name) === false) continue
  const result = await take(measurement)
  taken.push(result)
  if (!options.json) print(table(result))
}
if (options.json) print(JSON.stringify(taken.map(withVerdicts)))
process.exit(taken.some(({ failure }) => failure !== null) ? 1 : 0)

async function take(measurement: Measurement): Promise<Taken> {
  const { name, definitions, partitions = 4 } = measurement
  try {
    const stage = await Stage.open({ definitions, partitions, worker, profile: options.profile })
    try {
      const figures = await within(options.limitSeconds, measurement.measure(stage, options))
      return { measurement: name, figures, failure: null }
    } finally {
      // What was measured holds, whatever is left behind.
      await stage.close().catch((error: unknown) => {
        process.stderr.write(`after ${name}: ${messageOf(error)}\n`)
      })
    }
  } catch (error) {
    return { measurement: name, figures: [], failure: messageOf(error) }
  }
}

async function within<T>(seconds: number, work: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => {
    late.reject(new Error(`took longer than ${String(seconds)} s`))
  }, seconds * 1_000)
  try {
    return await Promise.race([work, late.promise])
  } finally {
    clearTimeout(timer)
  }
}

function print(text: string): void {
  process.stdout.write(`${text}\n`)
}

function table({ measurement, figures, failure }: Taken): string {
  const lines = figures.map(figureLine)
  if (failure !== null) lines.push(`failed: ${failure}`)
  return ['', measurement, ...lines.map((line) => `  ${line}`)].join('\n')
}

function withVerdicts({ measurement, figures, failure }: Taken) {
  const judged = figures.map((figure) => ({ ...figure, isMet: isMet(figure) ?? null }))
  return { measurement, figures: judged, failure }
}
