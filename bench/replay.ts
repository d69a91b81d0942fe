/** Folding a journal from its beginning, by a reader that has nothing else to do. */

import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { z } from 'zod'
import type { PartitionState } from '../runtime/durable/fold.ts'
import { foldJournals } from '../runtime/durable/inspect.ts'
import { nowMs } from './clock.ts'
import { steps } from './definitions.ts'
import type { Measurement } from './measurement.ts'
import type { Stage } from './stage.ts'
import { median } from './statistics.ts'
import { forEach } from './until.ts'

const runs = 2_000
const stepsPerRun = 100
const atOnce = 1_000
const folds = 3

const Folded = z.object({ entries: z.number(), ms: z.number() })
type Folded = z.infer<typeof Folded>

export const replay: Measurement = {
  name: 'replay',
  definitions: [steps],
  async measure(stage) {
    const worker = await stage.serve()
    await forEach(runs, atOnce, async () => {
      await (await stage.client.start(steps, stepsPerRun)).result()
    })
    await worker.stop()
    const goal = { atLeast: 200_000 }
    return [
      {
        name: 'entries of a journal read and folded',
        value: await rate(() => fold(stage)),
        ...{ unit: '/s', goal },
      },
      {
        name: '  by a process that folds for the first time',
        value: await rate(() => foldAnew(stage)),
        unit: '/s',
      },
    ]
  },
}

export function entriesIn(states: readonly PartitionState[]): number {
  let entries = 0
  for (const { runs: folded } of states) for (const { seq } of folded.values()) entries += seq
  return entries
}

async function rate(measure: () => Promise<Folded>): Promise<number> {
  const rates: number[] = []
  while (rates.length < folds) {
    const { entries, ms } = await measure()
    rates.push(entries / (ms / 1_000))
  }
  return median(rates)
}

async function fold({ log, codec }: Stage): Promise<Folded> {
  const begin = nowMs()
  const { states } = await foldJournals(log, codec, steps.name)
  return { entries: entriesIn(states), ms: nowMs() - begin }
}

async function foldAnew({ environment }: Stage): Promise<Folded> {
  const program = join(import.meta.dirname, 'first-fold.ts')
  const { stdout } = await promisify(execFile)(process.execPath, [program, steps.name], {
    env: { ...environment },
  })
  return Folded.parse(JSON.parse(stdout))
}
