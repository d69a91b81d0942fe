/** Steps of many runs at once beside bare appends, and of one run at a time beside one append. */

import type { Client } from '../runtime/index.ts'
import { nowMs } from './clock.ts'
import { paced, steps } from './definitions.ts'
import type { Figure } from './figure.ts'
import { appendMs, floor } from './floor.ts'
import { load, stepsPerRun, warmUp } from './load.ts'
import type { Measurement } from './measurement.ts'
import type { Options } from './options.ts'
import { floorTopic, type Stage } from './stage.ts'
import { median } from './statistics.ts'

const appends = 500

export const throughput: Measurement = {
  name: 'throughput',
  definitions: [steps, paced],
  async measure(stage, options) {
    await stage.serve()
    await warmUp(stage.client)
    const figures = [...(await oneAtATime(stage, options.seconds * 1_000))]
    for (const atOnce of options.runsAtOnce) {
      figures.push(...(await besideTheFloor(stage, options, atOnce)))
    }
    return figures
  },
}

/** Runs of ten steps, one after another, beside appends of one record, one after another. */
async function oneAtATime(
  { client, log }: Stage,
  milliseconds: number,
): Promise<readonly Figure[]> {
  await takeSteps(client, milliseconds / 4)
  const append = await appendMs(log, floorTopic, appends)
  const { betweenBodies, wholeRuns, stepsPerSecond } = await takeSteps(client, milliseconds / 2)
  const between = median(betweenBodies)
  const whole = median(wholeRuns) / stepsPerRun
  const inAppends = (of: number) => ({
    ...{ name: '  in appends', value: of / append, unit: 'appends', goal: { atMost: 1.5 } },
  })
  return [
    { name: 'bare append of one record, p50', value: append, unit: 'ms' },
    {
      name: 'one run at a time: from the body of a step to the next, p50',
      value: between,
      unit: 'ms',
    },
    inAppends(between),
    { name: 'one run at a time: start to result by its ten steps, p50', value: whole, unit: 'ms' },
    inAppends(whole),
    { name: 'steps, one run at a time', value: stepsPerSecond, unit: '/s' },
  ]
}

async function takeSteps(client: Client, forMs: number) {
  const betweenBodies: number[] = []
  const wholeRuns: number[] = []
  const begin = nowMs()
  let now = begin
  while (now - begin < forMs) {
    const run = await client.start(paced, stepsPerRun)
    betweenBodies.push(...(await run.result()))
    const end = nowMs()
    wholeRuns.push(end - now)
    now = end
  }
  const stepsPerSecond = (wholeRuns.length * stepsPerRun * 1_000) / (now - begin)
  return { betweenBodies, wholeRuns, stepsPerSecond }
}

async function besideTheFloor(
  { brokers, log, client, partitions }: Stage,
  { seconds }: Options,
  atOnce: number,
): Promise<readonly Figure[]> {
  const milliseconds = seconds * 1_000
  const options = { brokers, log, topic: floorTopic, partitions, milliseconds: milliseconds / 2 }
  const { kafkajs, log: own } = await floor(options, atOnce)
  const { stepsPerSecond } = await load(client, atOnce, milliseconds)
  const share = (of: number) => ({
    ...{ value: (100 * stepsPerSecond) / of, unit: '%' },
    goal: { atLeast: 60 },
  })
  return [
    { name: `steps, ${String(atOnce)} runs at once`, value: stepsPerSecond, unit: '/s' },
    { name: `  of ${kafkajs.toFixed(0)} bare records/s by kafkajs`, ...share(kafkajs) },
    { name: `  of ${own.toFixed(0)} bare records/s by the adapter`, ...share(own) },
  ]
}
