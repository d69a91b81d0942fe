/**
 * Orchestrator and workers: tasks keyed onto partitions, joined under a deadline, with what is
 * missing named. `quorum` is the other policy: enough answers, and the rest is cancelled.
 */

import { z } from 'zod'
// In a project of your own: from 'stoa' and 'stoa/patterns'.
import { orchestratorWorker } from '../patterns/index.ts'
import { connect, serve, TerminalError } from '../runtime/index.ts'

const Task = z.object({ package: z.string(), mirror: z.string() })
const Size = z.object({ package: z.string(), mirror: z.string(), bytes: z.number() })

export const sizes = orchestratorWorker({
  name: 'example-sizes',
  request: z.object({ tasks: z.array(Task), deadline: z.string().default('30 seconds') }),
  task: Task,
  result: Size,
  concurrency: 8,
  orchestrate: (ctx, { tasks, deadline }) =>
    ctx.dispatch(tasks, {
      key: (task) => task.package,
      deadline,
      onLate: 'partial',
      onFailure: 'partial',
    }),
  async work(ctx, task) {
    if (task.mirror === 'slow') await ctx.sleep('1 hour')
    return ctx.step('measure', () => measure(task))
  },
})

export const quorum = orchestratorWorker({
  name: 'example-quorum',
  request: z.object({ package: z.string(), mirrors: z.array(z.string()), enough: z.number() }),
  task: Task,
  result: Size,
  orchestrate: (ctx, request) =>
    ctx.dispatch(
      request.mirrors.map((mirror) => ({ package: request.package, mirror })),
      { first: request.enough },
    ),
  async work(ctx, task) {
    if (task.mirror === 'slow') await ctx.sleep('1 hour')
    return ctx.step('measure', () => measure(task))
  },
})

function measure(task: z.infer<typeof Task>): z.infer<typeof Size> {
  if (task.mirror === 'broken') {
    throw new TerminalError(`mirror '${task.mirror}' is gone`, { code: 'MIRROR_GONE' })
  }
  return { ...task, bytes: 1_000 * task.package.length }
}

export const definitions = [sizes.orchestrator, sizes.worker, quorum.orchestrator, quorum.worker]

if (process.argv[1] === import.meta.filename) {
  // One process for the example; in production each of the four is a service of its own.
  await serve(...definitions)
  const stoa = await connect()
  const tasks = ['main', 'broken', 'slow'].map((mirror) => ({ package: 'zod', mirror }))
  const partial = await stoa.start(sizes, { tasks, deadline: '3 seconds' })
  console.log(await partial.result({ timeout: '1 minute' }))
  const mirrors = ['main', 'slow', 'other']
  const enough = await stoa.start(quorum, { package: 'zod', mirrors, enough: 2 })
  console.log(await enough.result({ timeout: '1 minute' }))
  await stoa.close()
  process.kill(process.pid, 'SIGTERM')
}
