/** Folding a journal from its beginning, by a reader that has nothing else to do. */

import { foldJournals } from '../runtime/durable/inspect.ts'
import { nowMs } from './clock.ts'
import { steps } from './definitions.ts'
import type { Measurement } from './measurement.ts'
import { median } from './statistics.ts'
import { forEach } from './until.ts'

const runs = 2_000
const stepsPerRun = 100
const atOnce = 1_000
const folds = 3

export const replay: Measurement = {
  name: 'replay',
  definitions: [steps],
  async measure(stage) {
    const worker = await stage.serve()
    await forEach(runs, atOnce, async () => {
      await (await stage.client.start(steps, stepsPerRun)).result()
    })
    await worker.stop()
    const rates: number[] = []
    while (rates.length < folds) {
      const begin = nowMs()
      const { states } = await foldJournals(stage.log, stage.codec, steps.name)
      const seconds = (nowMs() - begin) / 1_000
      let entries = 0
      for (const { runs: folded } of states) for (const { seq } of folded.values()) entries += seq
      rates.push(entries / seconds)
    }
    return [
      {
        name: 'entries of a journal read and folded',
        value: median(rates),
        unit: '/s',
        goal: { atLeast: 200_000 },
      },
    ]
  },
}
