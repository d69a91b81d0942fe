/** A run calls another and awaits its output; both are served by one idle process. */

import { called, caller } from './definitions.ts'
import { appendMs } from './floor.ts'
import type { Measurement } from './measurement.ts'
import { floorTopic } from './stage.ts'
import { median } from './statistics.ts'

const warmUps = 300
const calls = 500
const appends = 500

export const callTimes: Measurement = {
  name: 'calls',
  definitions: [caller, called],
  async measure(stage) {
    const { client, log } = stage
    await stage.serve()
    const take = async (count: number) => (await client.start(caller, count)).result()
    await take(warmUps)
    const append = await appendMs(log, floorTopic, appends)
    const callMs = median(await take(calls))
    return [
      { name: 'call of a run with one step, p50', value: callMs, unit: 'ms' },
      { name: '  in appends', value: callMs / append, unit: 'appends', goal: { atMost: 8 } },
    ]
  },
}
