/** From a client's call of `signal` to the body of the step behind the wait that takes it. */

import { setTimeout as delay } from 'node:timers/promises'
import { nowMs } from './clock.ts'
import { listener, stamp } from './definitions.ts'
import type { Figure } from './figure.ts'
import { appendMs } from './floor.ts'
import { followJournal } from './journal.ts'
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
    const waits = await watchWaits(stage)
    const atOnce = () => waits.next()
    const afterPause = () => delay(pauseMs)
    await send(stage, warmUps, atOnce)
    const figures = [
      ...(await besideAppends(stage, 'one after another', atOnce)),
      ...(await besideAppends(stage, `one every ${String(pauseMs)} ms`, afterPause, pauseMs)),
    ]
    await waits.close()
    return figures
  },
}

/** The appends are timed in the rhythm of the signals: pauses make both of them slower. */
async function besideAppends(
  stage: Stage,
  rhythm: string,
  ready: () => Promise<void>,
  pause?: number,
): Promise<readonly Figure[]> {
  const append = await appendMs(
    stage.log,
    floorTopic,
    pause === undefined ? appends : signals,
    pause,
  )
  const signalMs = median(await send(stage, signals, ready))
  const inAppends = { name: '  in such appends', value: signalMs / append, unit: 'appends' }
  return [
    { name: `signal to the body of the next step, ${rhythm}, p50`, value: signalMs, unit: 'ms' },
    pause === undefined ? { ...inAppends, goal: { atMost: 4 } } : inAppends,
  ]
}

/** Milliseconds of each of so many signals; each is sent once `ready` says so. */
async function send(
  { client }: Stage,
  count: number,
  ready: () => Promise<void>,
): Promise<readonly number[]> {
  const run = await client.start(listener, count)
  for (let sent = 0; sent < count; sent += 1) {
    await ready()
    await run.signal(stamp, nowMs())
  }
  return run.result()
}

/** Follows the journal; `next` resolves once a run waits that it has not told of yet. */
async function watchWaits(stage: Stage) {
  let waits = 0
  let wake: () => void = () => undefined
  const following = await followJournal(stage, listener.name, ({ entry: { body } }) => {
    if (body.type !== 'WaitStarted') return
    waits += 1
    wake()
  })
  return {
    async next(): Promise<void> {
      while (waits === 0) await new Promise<void>((resolve) => (wake = resolve))
      waits -= 1
    },
    close: () => following.close(),
  }
}
