import { expect, test } from 'vitest'
import { z } from 'zod'
import { TerminalError, TimeoutError } from '../../runtime/index.ts'
import { testRuntime } from '../../runtime/testing/index.ts'
import type { DispatchOptions } from './dispatch.ts'
import type { Gathered } from './gathered.ts'
import { orchestratorWorker } from './orchestrator-worker.ts'

/** Workers that take as long as their task says, or fail, or wait until they are cancelled. */
function team(options: DispatchOptions<string>) {
  return orchestratorWorker({
    ...{ name: 'team', request: z.array(z.string()), task: z.string(), result: z.string() },
    orchestrate: (ctx, tasks) => ctx.dispatch(tasks, options),
    async work(ctx, task) {
      if (task === 'broken') throw new TerminalError('it is gone', { code: 'GONE' })
      await ctx.sleep(task)
      return `done after ${task}`
    },
  })
}

interface Dispatched {
  readonly gathered?: Gathered<string>
  readonly error?: unknown
  /** How the run of each task has ended: the name of its error, if any. */
  readonly workers: readonly string[]
}

async function dispatched(
  tasks: readonly string[],
  options: DispatchOptions<string> = {},
): Promise<Dispatched> {
  const { orchestrator, worker } = team(options)
  const runtime = await testRuntime({ definitions: [orchestrator, worker] })
  const run = await runtime.start(orchestrator, [...tasks])
  const outcome = run.result().then(
    (gathered) => ({ gathered }),
    (error: unknown) => ({ error }),
  )
  await runtime.clock.advance('2 hours')
  const workers = await Promise.all(
    tasks.map((_, index) =>
      runtime
        .get(worker, `${run.id}/${String(index)}`)
        .result()
        .then(
          () => 'completed',
          (error: unknown) => (error instanceof Error ? error.name : 'unknown'),
        ),
    ),
  )
  await runtime.stop()
  return { ...(await outcome), workers }
}

test('no tasks have no results', async () => {
  expect(await dispatched([])).toMatchObject({ gathered: { results: [], missing: [] } })
})

test('results stand in the order of the tasks, however long each takes', async () => {
  const { gathered, workers } = await dispatched(['2 s', '1 s', '3 s'])
  const results = ['done after 2 s', 'done after 1 s', 'done after 3 s']
  expect(gathered).toEqual({ results, missing: [] })
  expect(workers).toEqual(['completed', 'completed', 'completed'])
})

test('a task that fails is the failure of the whole, and ends the others', async () => {
  const { error, workers } = await dispatched(['1 hour', 'broken'])
  expect(error).toMatchObject({ code: 'GONE', message: 'task 1 failed: it is gone' })
  expect(workers).toEqual(['CancelledError', 'TerminalError'])
})

test('at the deadline the whole is late, and what has not ended is cancelled', async () => {
  const { error, workers } = await dispatched(['1 s', '1 hour'], { deadline: '10 s' })
  expect(error).toBeInstanceOf(TimeoutError)
  expect(String(error)).toMatch(/1 of 2 tasks .* within 10 s$/)
  expect(workers).toEqual(['completed', 'CancelledError'])
})

test('enough results end it, and the rest is cancelled and named', async () => {
  const { gathered, workers } = await dispatched(['1 hour', '1 s', '2 s', '1 hour'], { first: 2 })
  expect(gathered?.results).toEqual(['done after 1 s', 'done after 2 s'])
  expect(gathered?.missing).toEqual([
    { index: 0, reason: 'cancelled' },
    { index: 3, reason: 'cancelled' },
  ])
  expect(workers).toEqual(['CancelledError', 'completed', 'completed', 'CancelledError'])
})
