/** Runs of steps, so many at once, for a while. */

import type { Client } from '../runtime/index.ts'
import { nowMs } from './clock.ts'
import { steps } from './definitions.ts'
import { median } from './statistics.ts'

export const stepsPerRun = 10

export interface Load {
  readonly stepsPerSecond: number
  /** A run's time from its start to its result, divided by its steps; the median. */
  readonly stepMs: number
}

/** Keeps `atOnce` runs of ten steps under way. */
export async function load(client: Client, atOnce: number, forMs: number): Promise<Load> {
  const times: number[] = []
  const begin = nowMs()
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (nowMs() - begin < forMs) times.push(await runOnce(client))
    }),
  )
  const seconds = (nowMs() - begin) / 1_000
  return {
    stepsPerSecond: (times.length * stepsPerRun) / seconds,
    stepMs: median(times) / stepsPerRun,
  }
}

/** Lets the code be compiled before anything is timed. */
export async function warmUp(client: Client): Promise<void> {
  await runOnce(client)
  await load(client, 50, 1_000)
}

async function runOnce(client: Client): Promise<number> {
  const begin = nowMs()
  const run = await client.start(steps, stepsPerRun)
  await run.result()
  return nowMs() - begin
}
