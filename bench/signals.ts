/** From a client's call of `signal` to the body of the step behind the wait that takes it. */

import { setTimeout as delay } from 'node:timers/promises'
import { nowMs } from './clock.ts'
import { listener, stamp } from './definitions.ts'
import { appendMs } from './floor.ts'
import type { Measurement } from './measurement.ts'
import { floorTopic, type Stage } from './stage.ts'
import { median } from './statistics.ts'

const warmUps = 100
const signals = 200
const appends = 500
/** Long enough for the run to wait again. */
const pauseMs = 20

export const signalTimes: Measurement = {
  name: 'signals',
  definitions: [listener],
  async measure(stage) {
    await stage.serve()
    await send(stage, warmUps)
    const append = await appendMs(stage.log, floorTopic, appends)
    const idleAppend = await appendMs(stage.log, floorTopic, signals, pauseMs)
    const signalMs = median(await send(stage, signals))
    return [
      { name: 'signal to the body of the next step, p50', value: signalMs, unit: 'ms' },
      { name: '  in appends', value: signalMs / append, unit: 'appends', goal: { atMost: 4 } },
      { name: '  in appends with such pauses', value: signalMs / idleAppend, unit: 'appends' },
    ]
  },
}

/** Milliseconds of each of so many signals, with pauses between them. */
async function send({ client }: Stage, count: number): Promise<readonly number[]> {
  const run = await client.start(listener, count)
  for (let sent = 0; sent < count; sent += 1) {
    await delay(pauseMs)
    await run.signal(stamp, nowMs())
  }
  return run.result()
}
