/** Runs in flight, and what becomes of those whose owner falls. */

import type { RunHandle } from '../runtime/index.ts'
import type { Subscription } from '../runtime/log/port.ts'
import { nowMs } from './clock.ts'
import { steps } from './definitions.ts'
import { followJournal, type SeenEntry } from './journal.ts'
import type { Stage } from './stage.ts'
import { until } from './until.ts'

const runsInFlight = 1_000
const stepsPerRun = 100
/** The owner falls when every run has recorded so many. */
const stepsBefore = 5

interface Watched {
  readonly partition: number
  steps: number
  hasEnded: boolean
  /** Of its latest entry. */
  epoch: bigint
}

interface Fall {
  readonly at: number
  /** Runs without an owner, with the epoch in which they lost it. */
  readonly orphans: Map<string, bigint>
  /** Of each orphan, from the fall to its next recorded step. */
  readonly times: number[]
}

export class Flight {
  readonly #stage: Stage
  readonly #runs = new Map<string, Watched>()
  /** Begins the ids of the runs of this flight, which an earlier one's do not. */
  #prefix = 'flight-0-'
  #number = 0
  #handles: readonly RunHandle<number>[] = []
  #following: Subscription | null = null
  #fall: Fall | null = null

  private constructor(stage: Stage) {
    this.#stage = stage
  }

  static async open(stage: Stage): Promise<Flight> {
    const flight = new Flight(stage)
    flight.#following = await followJournal(stage, steps.name, (seen) => {
      flight.#see(seen)
    })
    return flight
  }

  /** Starts a thousand runs and waits until each has taken some steps. */
  async begin(): Promise<void> {
    this.#runs.clear()
    this.#number += 1
    this.#prefix = `flight-${String(this.#number)}-`
    const { client } = this.#stage
    this.#handles = await Promise.all(
      Array.from({ length: runsInFlight }, (_, index) =>
        client.start(steps, stepsPerRun, { id: `${this.#prefix}${String(index)}` }),
      ),
    )
    await until('every run is in flight', () => {
      const runs = [...this.#runs.values()]
      return runs.length === runsInFlight && runs.every((run) => run.steps >= stepsBefore)
    })
  }

  /** Notes that the owner of these partitions falls now, and returns when that was. */
  fall(partitions: readonly number[]): number {
    const orphans = new Map<string, bigint>()
    for (const [runId, { partition, hasEnded, epoch }] of this.#runs) {
      if (!hasEnded && partitions.includes(partition)) orphans.set(runId, epoch)
    }
    this.#fall = { at: nowMs(), orphans, times: [] }
    return this.#fall.at
  }

  /** Milliseconds from the fall to the next recorded step of each orphaned run. */
  async resumed(): Promise<readonly number[]> {
    const fall = this.#fall
    if (fall === null) throw new Error('no owner has fallen')
    await until('the orphaned runs go on', () => fall.orphans.size === 0)
    if (fall.times.length === 0) throw new Error('no run was in flight')
    return fall.times
  }

  /** Waits for the result of every run. */
  async end(): Promise<void> {
    await Promise.all(this.#handles.map((run) => run.result()))
  }

  async close(): Promise<void> {
    await this.#following?.close()
  }

  #see({ entry: { runId, body }, partition, epoch, at }: SeenEntry): void {
    if (!runId.startsWith(this.#prefix)) return
    const run = this.#runs.get(runId) ?? { partition, steps: 0, hasEnded: false, epoch }
    this.#runs.set(runId, run)
    run.epoch = epoch
    if (body.type === 'StepCompleted') run.steps += 1
    if (body.type === 'RunCompleted') run.hasEnded = true
    if (this.#fall !== null) settle(this.#fall, runId, run, at)
  }
}

function settle(fall: Fall, runId: string, run: Watched, at: number): void {
  const lostIn = fall.orphans.get(runId)
  if (lostIn === undefined) return
  // One that had nothing left to do but end has no next step.
  if (run.hasEnded) fall.orphans.delete(runId)
  else if (run.epoch > lostIn) {
    fall.orphans.delete(runId)
    fall.times.push(at - fall.at)
  }
}
