/** Steps of many runs at once beside bare appends, and one run at a time beside one append. */

import { steps } from './definitions.ts'
import type { Figure } from './figure.ts'
import { appendMs, floor } from './floor.ts'
import { load, warmUp } from './load.ts'
import type { Measurement } from './measurement.ts'
import type { Options } from './options.ts'
import { floorTopic, type Stage } from './stage.ts'

const appends = 500

export const throughput: Measurement = {
  name: 'throughput',
  definitions: [steps],
  async measure(stage, options) {
    await stage.serve()
    await warmUp(stage.client)
    const append = await appendMs(stage.log, floorTopic, appends)
    const { stepMs } = await load(stage.client, 1, (options.seconds * 1_000) / 2)
    const figures: Figure[] = [
      { name: 'bare append of one record, p50', value: append, unit: 'ms' },
      { name: 'step, one run at a time, p50', value: stepMs, unit: 'ms' },
      { name: '  in appends', value: stepMs / append, unit: 'appends', goal: { atMost: 1.5 } },
    ]
    for (const atOnce of options.runsAtOnce) {
      figures.push(...(await besideTheFloor(stage, options, atOnce)))
    }
    return figures
  },
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
