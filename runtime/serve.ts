/** A microservice in one call: serves definitions until the process is told to stop. */

import { openBackend } from './backend.ts'
import { systemClock, systemRandomness } from './clock.ts'
import type { AnyWorkflow } from './durable/definition.ts'
import { startService } from './durable/service.ts'
import { readEnvironment, type Environment } from './environment.ts'
import { messageOf, StoaError } from './errors.ts'
import { createLogger, type Logger } from './logger.ts'

/** What remains for closing connections after the grace. */
const closingMs = 2_000

/**
 * Serves definitions; the environment alone configures it. Resolves once it serves. On SIGTERM or
 * SIGINT it takes nothing more in, lets steps reach a boundary, leaves the groups and exits 0 within
 * the grace; a second signal exits at once. Faults of the environment exit 2, a missing topic 1.
 * @param definitions several versions of one name: new runs start with the first
 */
export async function serve(...definitions: readonly AnyWorkflow[]): Promise<void> {
  const environment = readEnvironmentOrExit()
  const logger = createLogger(environment.logLevel).child({ pid: process.pid })
  const names = [...new Set(definitions.map((definition) => definition.name))]
  const stopping = Promise.withResolvers<NodeJS.Signals>()
  onSignals(stopping.resolve, logger)
  process.on('unhandledRejection', (error) => {
    logger.error({ error }, 'a promise was rejected and nobody handled it')
  })
  try {
    const { log, codec } = await openBackend(environment, `stoa-${names.join('+')}`, logger)
    const { instanceId, sessionTimeoutMs, deduplicationMs, inboxRetentionMs } = environment
    const { keepsHistory, checkpointBytes } = environment
    const service = await startService({
      ...{ log, codec, logger, definitions, clock: systemClock, randomness: systemRandomness },
      ...(instanceId === undefined ? {} : { instanceId }),
      settings: {
        ...{ sessionTimeoutMs, deduplicationMs, inboxRetentionMs, keepsHistory, checkpointBytes },
      },
    })
    logger.info({ definitions: names }, 'service started')
    void stopping.promise.then(async (signal) => {
      logger.info({ signal }, 'service stopping')
      setTimeout(() => process.exit(0), environment.graceMs + closingMs).unref()
      await service.stop(environment.graceMs)
      await log.close()
      logger.info({}, 'service stopped')
      process.exit(0)
    })
  } catch (error) {
    logger.error({ error, definitions: names }, 'service could not start')
    process.exit(error instanceof StoaError && error.code === 'LOG_UNAVAILABLE' ? 6 : 1)
  }
}

function readEnvironmentOrExit(): Environment {
  try {
    return readEnvironment()
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n`)
    process.exit(2)
  }
}

function onSignals(stop: (signal: NodeJS.Signals) => void, logger: Logger): void {
  let isStopping = false
  const onSignal = (signal: NodeJS.Signals) => {
    if (isStopping) {
      logger.warn({ signal }, 'second signal: exiting at once')
      process.exit(1)
    }
    isStopping = true
    stop(signal)
  }
  process.on('SIGTERM', onSignal)
  process.on('SIGINT', onSignal)
}
