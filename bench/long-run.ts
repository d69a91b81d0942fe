/** One run of very many steps, whole and in generations: what a step costs, memory, cold resume. */

import { partitionFor } from '../runtime/log/murmur2.ts'
import { nowMs } from './clock.ts'
import { long, sample, stamp } from './definitions.ts'
import type { Figure } from './figure.ts'
import { followJournal, outcomeBytes } from './journal.ts'
import type { Measurement } from './measurement.ts'
import type { Options } from './options.ts'
import type { Stage } from './stage.ts'
import { until } from './until.ts'

const generation = 1_000
const environment = { STOA_INSTANCE_ID: 'bench' }
/** The run in generations is looked at first when it has this many behind it. */
const early = 3
const warmUps = 3
const patienceMs = 600_000

interface LongRun {
  readonly firstMs: number
  readonly lastMs: number
  /** Memory of the worker, after garbage collection. */
  readonly bytesBefore: number
  readonly bytesEarly: number
  readonly bytesAtEnd: number
  readonly outcomeBytes: number
  /** From the start of another process, after a kill, to the next step of the run. */
  readonly restartMs: number
  /** Of that, from owning the partition on. */
  readonly resumeMs: number
}

export const longRun: Measurement = {
  name: 'long-run',
  definitions: [long],
  async measure(stage, { longSteps }) {
    const name = `one run of ${longSteps.toLocaleString('en')} steps`
    const whole = await run(stage, 'whole', longSteps, longSteps)
    return [
      ...stepCost(name, whole),
      {
        name: '  memory at its end, of its recorded outcomes',
        value: (whole.bytesAtEnd - whole.bytesBefore) / whole.outcomeBytes,
        unit: 'x',
        goal: { atMost: 2 },
      },
      { name: '  kill -9, start of the process to its next step', ...seconds(whole.restartMs) },
      {
        name: '  steps replayed',
        value: longSteps / (whole.resumeMs / 1_000),
        unit: '/s',
        goal: { atLeast: 100_000 },
      },
    ]
  },
}

export const longRunContinued: Measurement = {
  name: 'continue-as-new',
  definitions: [long],
  async measure(stage, { longSteps }: Options) {
    const name = 'the same in generations of 1,000'
    const continued = await run(stage, 'continued', longSteps, generation)
    return [
      ...stepCost(name, continued),
      {
        name: `  memory at its end, of that after ${String(early)} generations`,
        value: continued.bytesAtEnd / continued.bytesEarly,
        unit: 'x',
        goal: { atMost: 1.2 },
      },
      {
        name: '  kill -9, start of the process to its next step',
        ...seconds(continued.restartMs),
        goal: { atMost: 1 },
      },
    ]
  },
}

function stepCost(name: string, { firstMs, lastMs }: LongRun): readonly Figure[] {
  const thousand = sample.toLocaleString('en')
  return [
    { name: `${name}: a step of the first ${thousand}`, value: firstMs, unit: 'ms' },
    { name: `  a step of the last ${thousand}`, value: lastMs, unit: 'ms' },
    { name: '  last to first', value: lastMs / firstMs, unit: 'x', goal: { atMost: 1.2 } },
  ]
}

function seconds(milliseconds: number) {
  return { value: milliseconds / 1_000, unit: 's' }
}

async function run(stage: Stage, id: string, to: number, each: number): Promise<LongRun> {
  const { client } = stage
  const worker = await stage.serve({ environment })
  await warmUp(stage, id)

  let generations = 0
  let hasEnded = false
  const following = await followJournal(stage, long.name, ({ entry: { runId, body } }) => {
    if (runId !== id) return
    if (body.type === 'RunContinued') generations += 1
    if (body.type === 'WaitStarted') hasEnded = true
  })
  const bytesBefore = await worker.memoryBytes()
  const started = await client.start(long, input(to, each), { id })
  await until('some generations', () => hasEnded || generations >= early, patienceMs)
  const bytesEarly = await worker.memoryBytes()
  await until('the end of the long run', () => hasEnded, patienceMs)
  const bytesAtEnd = await worker.memoryBytes()
  await following.close()
  const partition = partitionFor(id, stage.partitions)
  const recorded = await outcomeBytes(stage, long.name, partition)

  await worker.kill()
  const next = await stage.serve({ environment })
  await started.signal(stamp, nowMs())
  const { firstMs, lastMs, resumedAt } = await started.result()
  const restartMs = resumedAt - next.startedAt
  const resumeMs = resumedAt - stage.ownedSince(partition)
  const memory = { bytesBefore, bytesEarly, bytesAtEnd, outcomeBytes: recorded }
  return { firstMs, lastMs, ...memory, restartMs, resumeMs }
}

/** Lets the code be compiled by short runs in partitions other than that of the long one. */
async function warmUp({ client, partitions }: Stage, id: string): Promise<void> {
  const others = Array.from({ length: 100 }, (_, number) => `warm-${String(number)}`).filter(
    (other) => partitionFor(other, partitions) !== partitionFor(id, partitions),
  )
  for (const other of others.slice(0, warmUps)) {
    const short = await client.start(long, input(3 * sample, 3 * sample), { id: other })
    await short.signal(stamp, nowMs())
    await short.result()
  }
}

function input(to: number, each: number) {
  return { from: 0, to, generation: each, firstMs: 0 }
}
