import { expect, test } from 'vitest'
import type { Entry, EntryBody } from '../../schemas/records.ts'
import { entries, entry, firstAt, started } from '../testing/entries.ts'
import { VirtualClock } from '../testing/virtual-clock.ts'
import { emptyPartition } from './fold.ts'
import { defaultSettings } from './kernel.ts'
import { applyEntry, startedRun } from './run-state.ts'
import { RunTimers } from './run-timers.ts'

const fired = (index: number): EntryBody => ({ type: 'TimerFired', index })
const set = (index: number, dueAt: number): EntryBody => ({
  ...{ type: 'TimerSet', index, name: 'sleep', dueAt },
})

/** The timers of a partition with one run, and the entries they ask for. */
function stage(runId: string, ...bodies: readonly EntryBody[]) {
  const [first, ...rest] = entries(runId, [started(), ...bodies])
  const run = startedRun(first!)
  for (const each of rest) applyEntry(run, each)
  const state = emptyPartition({ definition: 'review', partition: 0 })
  state.runs.set(runId, run)
  const clock = new VirtualClock()
  const asked: unknown[] = []
  const queued: Entry[] = []
  const timers = new RunTimers(
    { clock, settings: defaultSettings },
    {
      state,
      queuedOf: () => queued,
      enter: (id, body) => {
        asked.push([id, body, clock.now()])
      },
    },
  )
  return { run, clock, asked, queued, timers }
}

test('a timer asks for its entry at its time, whatever the id of its run', async () => {
  const runId = '7 days in/3'
  const due = new VirtualClock().now() + 500
  const { run, clock, asked, timers } = stage(runId, set(12, due))
  timers.arm(run, 12)
  timers.arm(run, 13)
  await clock.advance(499)
  expect(asked).toEqual([])
  await clock.advance(1_000)
  expect(asked).toEqual([[runId, fired(12), due]])
})

test('a timer that is no longer open, or whose entry is queued, asks for nothing', async () => {
  const due = new VirtualClock().now() + 500
  const { run, clock, asked, queued, timers } = stage('a', set(0, due), set(1, due), set(2, due))
  timers.armAll(run)
  applyEntry(run, entry('a', 5, fired(0)))
  queued.push(entry('a', 6, fired(1)))
  await clock.advance(1_000)
  expect(asked).toEqual([['a', fired(2), due]])
})

test('timers that were cleared are silent, and so are callbacks', async () => {
  const { run, clock, asked, timers } = stage('a', set(0, firstAt))
  timers.armAll(run)
  timers.at(firstAt, () => asked.push('called'))
  timers.clear()
  await clock.advance(1_000)
  expect(asked).toEqual([])
})
