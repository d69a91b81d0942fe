/** Two processes that serve a definition of eight partitions against one, and what bounds both. */

import { cpus } from 'node:os'
import { nowMs } from './clock.ts'
import { steps } from './definitions.ts'
import type { Figure } from './figure.ts'
import { load, warmUp } from './load.ts'
import type { Measurement } from './measurement.ts'
import type { Stage } from './stage.ts'
import type { WorkerProcess } from './worker-process.ts'

const atOnce = 400

/** Milliseconds of processors spent so far. */
interface Spent {
  readonly at: number
  /** By everything on the machine. */
  readonly all: number
  readonly client: number
  readonly workers: number
}

interface Scaled {
  readonly stepsPerSecond: number
  readonly spent: readonly Figure[]
}

export const scale: Measurement = {
  name: 'scale',
  definitions: [steps],
  partitions: 8,
  async measure(stage, { seconds }) {
    const first = await stage.serve()
    await warmUp(stage.client)
    const one = await loadOf(stage, [first], seconds * 1_000)
    const second = stage.startWorker()
    await stage.served(first, second)
    await warmUp(stage.client)
    const two = await loadOf(stage, [first, second], seconds * 1_000)
    return [
      {
        name: `one process, ${String(atOnce)} runs at once`,
        value: one.stepsPerSecond,
        unit: '/s',
      },
      ...one.spent,
      { name: 'two processes', value: two.stepsPerSecond, unit: '/s' },
      ...two.spent,
      { name: 'two to one', value: two.stepsPerSecond / one.stepsPerSecond, unit: 'x' },
    ]
  },
}

async function loadOf(
  { client }: Stage,
  workers: readonly WorkerProcess[],
  forMs: number,
): Promise<Scaled> {
  const before = await spentBy(workers)
  const { stepsPerSecond } = await load(client, atOnce, forMs)
  return { stepsPerSecond, spent: between(before, await spentBy(workers)) }
}

async function spentBy(workers: readonly WorkerProcess[]): Promise<Spent> {
  const usages = await Promise.all(
    workers.map((worker) => worker.usage({ collectsGarbage: false })),
  )
  const { user, system } = process.cpuUsage()
  let all = 0
  for (const { times } of cpus()) all += times.user + times.nice + times.sys + times.irq
  return {
    ...{ at: nowMs(), all, client: (user + system) / 1_000 },
    workers: usages.reduce((sum, { cpuMs }) => sum + cpuMs, 0),
  }
}

function between(before: Spent, after: Spent): readonly Figure[] {
  const share = (of: 'all' | 'client' | 'workers') => {
    return (100 * (after[of] - before[of])) / (after.at - before.at)
  }
  const [all, client, workers] = [share('all'), share('client'), share('workers')]
  const unit = '%'
  return [
    { name: `  of ${String(cpus().length)} processors, in use`, value: all, unit },
    { name: '    by the services', value: workers, unit },
    { name: '    by the client', value: client, unit },
    { name: '    by the broker and all others', value: all - client - workers, unit },
  ]
}
