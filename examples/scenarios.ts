/** What the golden journals are recorded of: each example, taken through what its text promises. */

import type { AnyWorkflow } from '../runtime/index.ts'
import { testRuntime, type RecordedHistory, type TestRuntime } from '../runtime/testing/index.ts'
import * as durableWorkflow from './01-durable-workflow.ts'
import * as workers from './02-orchestrator-worker.ts'
import * as saga from './03-saga-with-cancellation.ts'
import * as longLoop from './04-long-loop.ts'

export const definitions: readonly AnyWorkflow[] = [
  ...durableWorkflow.definitions,
  ...workers.definitions,
  ...saga.definitions,
  ...longLoop.definitions,
]

/** Journals by the name of their file. */
type Journals = Readonly<Record<string, RecordedHistory>>

const { approval, audit, upgrade } = durableWorkflow
const { quorum, sizes } = workers
const { checks, release } = saga
const { stop, watch } = longLoop

const preRelease = { package: 'left-pad', version: '2.0.0-rc.1' }
const candidate = { package: 'left-pad', version: '2.0.0' }

const scenarios: readonly ((runtime: TestRuntime) => Promise<Journals>)[] = [
  async (runtime) => {
    const run = await runtime.start(upgrade, preRelease, { id: 'approved' })
    await runtime.clock.advance('1 hour')
    await run.signal(approval, { granted: true, by: 'ada' })
    await runtime.clock.advance('1 minute')
    const called = runtime.get(audit, 'approved/0')
    return { '01-approved': run.history(), '01-approved-audit': called.history() }
  },
  async (runtime) => {
    const run = await runtime.start(upgrade, preRelease, { id: 'not-answered' })
    await runtime.clock.advance('3 days')
    return { '01-not-answered': run.history() }
  },
  async (runtime) => {
    const tasks = ['main', 'broken', 'slow'].map((mirror) => ({ package: 'zod', mirror }))
    const run = await runtime.start(sizes, { tasks }, { id: 'partial' })
    await runtime.clock.advance('1 minute')
    const late = runtime.get(sizes.worker, 'partial/2', { key: 'zod' })
    return { '02-partial': run.history(), '02-partial-late-task': late.history() }
  },
  async (runtime) => {
    const mirrors = ['main', 'slow', 'other']
    const run = await runtime.start(
      quorum,
      { package: 'zod', mirrors, enough: 2 },
      { id: 'quorum' },
    )
    await runtime.clock.advance('1 minute')
    return { '02-quorum': run.history() }
  },
  async (runtime) => {
    const run = await runtime.start(release, candidate, { id: 'announced' })
    await run.signal(checks, { passed: true })
    return { '03-announced': run.history() }
  },
  async (runtime) => {
    const run = await runtime.start(release, candidate, { id: 'cancelled' })
    await run.cancel('the release was called off')
    return { '03-cancelled': run.history() }
  },
  async (runtime) => {
    const run = await runtime.start(
      watch,
      { package: 'zod', every: '1 minute' },
      { id: 'continued' },
    )
    await runtime.clock.advance('7.5 minutes')
    await run.signal(stop, { by: 'ada' })
    return { '04-continued': run.history() }
  },
]

/** Takes every example through its scenarios, with the same journals each time. */
export async function recordJournals(): Promise<Journals> {
  const recorded: Record<string, RecordedHistory> = {}
  for (const scenario of scenarios) {
    const runtime = await testRuntime({ definitions })
    Object.assign(recorded, await scenario(runtime))
    await runtime.stop()
  }
  return recorded
}
