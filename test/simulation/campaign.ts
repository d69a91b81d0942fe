/** Many seeds on every core, each as reproducible as one alone. */

import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { Sabotage } from '../../runtime/durable/sabotage.ts'
import type { SeedReport } from './simulation.ts'

/** What a worker tells of a seed. */
export type SeedSummary = Pick<SeedReport, 'seed' | 'violations' | 'totals'>

export interface WorkerTask {
  readonly seed: number
  readonly sabotage: Sabotage | undefined
}

export interface CampaignOptions {
  readonly seeds: readonly number[]
  readonly sabotage?: Sabotage
  /** Called with each seed's summary, as they come; false ends the campaign. */
  readonly onSeed: (summary: SeedSummary) => boolean
}

/** A seed takes a fraction of a second; one that takes this long hangs. */
const longestSeedMs = 180_000

export async function runCampaign(options: CampaignOptions): Promise<void> {
  const seeds = options.seeds.values()
  let isOver = false
  const next = () => (isOver ? undefined : seeds.next().value)
  const take = (summary: SeedSummary) => {
    if (!isOver && !options.onSeed(summary)) isOver = true
  }
  const workers = Math.max(2, availableParallelism())
  await Promise.all(Array.from({ length: workers }, () => work(options.sabotage, next, take)))
}

/** One thread, which is given a seed at a time. */
function work(
  sabotage: Sabotage | undefined,
  next: () => number | undefined,
  take: (summary: SeedSummary) => void,
): Promise<void> {
  const worker = new Worker(new URL('worker.ts', import.meta.url))
  return new Promise((resolve, reject) => {
    let watch: NodeJS.Timeout | undefined
    const give = () => {
      clearTimeout(watch)
      const seed = next()
      if (seed === undefined) {
        void worker.terminate().then(() => {
          resolve()
        })
        return
      }
      watch = setTimeout(() => {
        void worker.terminate()
        reject(new Error(`seed ${String(seed)} hangs: npm run simulate -- --seed ${String(seed)}`))
      }, longestSeedMs)
      const task: WorkerTask = { seed, sabotage }
      worker.postMessage(task)
    }
    worker.on('message', (summary: SeedSummary) => {
      take(summary)
      give()
    })
    worker.on('error', reject)
    give()
  })
}
