/**
 * An owner falls with a thousand runs in flight: how long until each takes its next step. Of several
 * trials each figure is the median.
 */

import { steps } from './definitions.ts'
import type { Figure } from './figure.ts'
import { Flight } from './flight.ts'
import type { Measurement } from './measurement.ts'
import type { Stage } from './stage.ts'
import { median } from './statistics.ts'
import type { WorkerProcess } from './worker-process.ts'

const instance = { STOA_INSTANCE_ID: 'bench' }
const sessionMs = 1_000
const shortSession = { STOA_SESSION_TIMEOUT: String(sessionMs) }

interface Trial {
  /** Of each orphaned run, milliseconds from the fall to its next step. */
  readonly times: readonly number[]
  /** Milliseconds from the fall until each of its partitions had an owner again. */
  readonly ownedMs: number
}

/** The one owner is killed and started again at once, under the same instance id. */
export const restart: Measurement = {
  name: 'restart',
  definitions: [steps],
  async measure(stage, { trials }) {
    const flight = await Flight.open(stage)
    let worker = await stage.serve({ environment: instance })
    const taken: Trial[] = []
    while (taken.length < trials) {
      await flight.begin()
      const partitions = stage.ownedBy(worker)
      const fellAt = flight.fall(partitions)
      await worker.kill()
      worker = stage.startWorker({ environment: instance })
      const times = await flight.resumed()
      taken.push({ times, ownedMs: ownedSince(stage, partitions) - fellAt })
      await flight.end()
    }
    await flight.close()
    return figuresOf('kill -9, restart at once, to the next step', taken, 500)
  },
}

/** One of two owners is killed and nobody started; then one of two is told to stop. */
export const takeOver: Measurement = {
  name: 'take-over',
  definitions: [steps],
  async measure(stage, { trials }) {
    const flight = await Flight.open(stage)
    const stays = stage.startWorker({ environment: shortSession })
    const takeTrials = async (end: (falls: WorkerProcess) => void) => {
      const taken: Trial[] = []
      while (taken.length < trials) taken.push(await trialOfTwo(stage, flight, stays, end))
      return taken
    }
    const killed = await takeTrials((falls) => {
      falls.signal('SIGKILL')
    })
    const stopped = await takeTrials((falls) => {
      falls.signal('SIGTERM')
    })
    await flight.close()
    const session = `session of ${String(sessionMs / 1_000)} s`
    return [
      ...figuresOf(
        `kill -9 of one of two, ${session}, to the next step`,
        killed,
        sessionMs + 1_000,
      ),
      ...figuresOf('SIGTERM of one of two, to the next step', stopped, 300),
    ]
  },
}

async function trialOfTwo(
  stage: Stage,
  flight: Flight,
  stays: WorkerProcess,
  end: (falls: WorkerProcess) => void,
): Promise<Trial> {
  const falls = stage.startWorker({ environment: shortSession })
  await stage.served(stays, falls)
  await flight.begin()
  const partitions = stage.ownedBy(falls)
  const fellAt = flight.fall(partitions)
  end(falls)
  const times = await flight.resumed()
  const ownedMs = ownedSince(stage, partitions) - fellAt
  await flight.end()
  await falls.ended
  return { times, ownedMs }
}

function ownedSince(stage: Stage, partitions: readonly number[]): number {
  return Math.max(...partitions.map((partition) => stage.ownedSince(partition)))
}

function figuresOf(name: string, trials: readonly Trial[], atMost: number): readonly Figure[] {
  const orphaned = median(trials.map(({ times }) => times.length))
  const p50 = median(trials.map(({ times }) => median(times)))
  const slowest = median(trials.map(({ times }) => Math.max(...times)))
  const owned = median(trials.map(({ ownedMs }) => ownedMs))
  const goal = { atMost }
  return [
    { name: `${name}: p50`, value: p50, unit: 'ms', goal },
    { name: `  the last of ${String(orphaned)} runs`, value: slowest, unit: 'ms', goal },
    { name: '  until every partition has an owner again', value: owned, unit: 'ms' },
  ]
}
