/**
 * Very many runs that sleep or wait: the memory of each, what they cost others, and how long a
 * worker that is started again takes for all of them. Suspended runs give up their functions after
 * two seconds here, where a service waits a minute.
 */

import { setTimeout as delay } from 'node:timers/promises'
import { partitionFor } from '../runtime/log/murmur2.ts'
import { nowMs } from './clock.ts'
import { sleeper, stamp } from './definitions.ts'
import { followJournal } from './journal.ts'
import type { Measurement } from './measurement.ts'
import type { Stage } from './stage.ts'
import { median } from './statistics.ts'
import { forEach, until } from './until.ts'

const coldAfterMs = 2_000
/** Runs are looked at every two seconds, and are cold by the second time. */
const coolingMs = 3 * coldAfterMs
const environment = { STOA_INSTANCE_ID: 'bench' }
const atOnce = 1_000
const samples = 300
const patienceMs = 900_000

export const suspendedRuns: Measurement = {
  name: 'suspended',
  definitions: [sleeper],
  async measure(stage, { suspended }) {
    let waiting = 0
    const following = await followJournal(stage, sleeper.name, ({ entry: { body } }) => {
      if (body.type === 'TimerSet' || body.type === 'WaitStarted') waiting += 1
    })
    const suspend = async (prefix: string, count: number) => {
      const all = waiting + count
      await forEach(count, atOnce, async (index) => {
        const first = index % 2 === 0 ? 'wait' : 'sleep'
        await stage.client.start(sleeper, { first, sentAt: 0 }, { id: idOf(prefix, index) })
      })
      await until('all runs are suspended', () => waiting >= all, patienceMs)
      await delay(coolingMs)
    }

    const worker = await stage.serve({ environment, coldAfterMs })
    await forEach(3_000, 50, async () => {
      await startOne(stage)
    })
    await suspend('warm', 2 * samples)
    await wakingMs(stage, 'warm')
    await suspend('few', 2 * samples)
    const before = { startMs: await startingMs(stage), wakeMs: await wakingMs(stage, 'few') }
    const bytesBefore = await worker.memoryBytes()
    await suspend('many', suspended)
    const bytes = (await worker.memoryBytes()) - bytesBefore
    const after = { startMs: await startingMs(stage), wakeMs: await wakingMs(stage, 'many') }
    await following.close()

    await worker.kill()
    const takeOverMs = await takeOver(stage, suspended)
    const slowed = (name: string, from: number, to: number) => ({
      name: `  ${name} is slowed, from ${from.toFixed(2)} ms to ${to.toFixed(2)} ms, p50, by`,
      value: 100 * (to / from - 1),
      unit: '%',
      goal: { atMost: 20 },
    })
    return [
      {
        name: `${suspended.toLocaleString('en')} suspended runs: memory of each`,
        value: bytes / suspended,
        unit: 'bytes',
        goal: { atMost: 1_024 },
      },
      slowed('starting another', before.startMs, after.startMs),
      slowed('waking one', before.wakeMs, after.wakeMs),
      {
        name: '  take-over after kill -9, from the start of the process',
        value: takeOverMs / 1_000,
        unit: 's',
        goal: { atMost: 10 },
      },
      {
        name: '  runs taken over, with the start of the process',
        value: suspended / (takeOverMs / 1_000),
        unit: '/s',
        goal: { atLeast: 100_000 },
      },
    ]
  },
}

/** Until a run of each partition, signalled while nobody served it, has taken its next step. */
async function takeOver(stage: Stage, suspended: number): Promise<number> {
  const waiting = new Map<number, string>()
  for (let index = 2 * samples; index < suspended; index += 2) {
    waiting.set(partitionFor(idOf('many', index), stage.partitions), idOf('many', index))
  }
  const runs = [...waiting.values()].map((id) => stage.client.get(sleeper, id))
  const { startedAt } = stage.startWorker({ environment, coldAfterMs })
  const sentAt = nowMs()
  await Promise.all(runs.map((run) => run.signal(stamp, sentAt)))
  const times = await Promise.all(runs.map((run) => run.result()))
  return sentAt + Math.max(...times) - startedAt
}

/** Milliseconds from a start to the body of the first step, one run at a time; the median. */
async function startingMs(stage: Stage): Promise<number> {
  const times: number[] = []
  for (let index = 0; index < samples; index += 1) times.push(await startOne(stage))
  return median(times)
}

async function startOne({ client }: Stage): Promise<number> {
  const run = await client.start(sleeper, { first: 'step', sentAt: nowMs() })
  return run.result()
}

/** Milliseconds from a signal to the body of the next step, one cold run at a time; the median. */
async function wakingMs({ client }: Stage, prefix: string): Promise<number> {
  const times: number[] = []
  for (let index = 0; index < 2 * samples; index += 2) {
    const run = client.get(sleeper, idOf(prefix, index))
    await run.signal(stamp, nowMs())
    times.push(await run.result())
  }
  return median(times)
}

function idOf(prefix: string, index: number): string {
  return `${prefix}-${String(index)}`
}
