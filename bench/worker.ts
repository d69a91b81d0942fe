/**
 * A program: the service under measurement, in a process of its own, which says when asked what it
 * uses. Argument: `WorkerOptions` as JSON; run with `--expose-gc`.
 */

import { flushCompileCache } from 'node:module'
import { setImmediate as turn } from 'node:timers/promises'
import { openBackend } from '../runtime/backend.ts'
import { systemClock, systemRandomness } from '../runtime/clock.ts'
import { startService } from '../runtime/durable/service.ts'
import { readEnvironment } from '../runtime/environment.ts'
import { serve, type AnyWorkflow } from '../runtime/index.ts'
import { createLogger } from '../runtime/logger.ts'
import { definitions } from './definitions.ts'
import { Question, WorkerOptions, type Usage } from './worker-options.ts'

const settledMs = 2_000

const { definitions: names, coldAfterMs } = WorkerOptions.parse(JSON.parse(process.argv[2] ?? ''))
const served = definitions.filter(({ name }) => names.includes(name))

process.on('disconnect', () => process.exit(1))
process.on('message', (message) => {
  void usage(Question.parse(message)).then((answer) => process.send?.(answer))
})
if (coldAfterMs === null) await serve(...served)
else await serveCooling(served, coldAfterMs)
// As a process that ends in order does; those here are killed.
setTimeout(flushCompileCache, settledMs).unref()

async function usage({ collectsGarbage }: Question): Promise<Usage> {
  for (let round = 0; collectsGarbage && round < 3; round += 1) {
    globalThis.gc?.()
    await turn()
  }
  const { heapUsed, external, rss } = process.memoryUsage()
  const { user, system } = process.cpuUsage()
  return { memoryBytes: heapUsed + external, rssBytes: rss, cpuMs: (user + system) / 1_000 }
}

/** As `serve`, but suspended runs give up their functions sooner than the environment can say. */
async function serveCooling(workflows: readonly AnyWorkflow[], coldMs: number): Promise<void> {
  const environment = readEnvironment()
  const logger = createLogger(environment.logLevel)
  const { log, codec } = await openBackend(environment, 'stoa-bench-worker', logger)
  const { instanceId } = environment
  const service = await startService({
    ...{ log, codec, logger, definitions: workflows },
    ...{ clock: systemClock, randomness: systemRandomness },
    ...(instanceId === undefined ? {} : { instanceId }),
    settings: { coldAfterMs: coldMs },
  })
  process.once('SIGTERM', () => {
    void service.stop(environment.graceMs).then(() => process.exit(0))
  })
}
