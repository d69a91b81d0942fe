/** A client of the Kafka that the environment names. */

import { openBackend } from './backend.ts'
import { systemClock, systemRandomness } from './clock.ts'
import { createClient, type Client } from './durable/client.ts'
import { readEnvironment } from './environment.ts'
import { createLogger, type Logger } from './logger.ts'

export interface ConnectOptions {
  /** In place of the process's environment. */
  readonly environment?: Readonly<Record<string, string | undefined>>
  readonly logger?: Logger
}

/**
 * Connects a client; close it when done.
 * @throws UsageError CONFIGURATION_INVALID naming every fault of the environment
 */
export async function connect(options: ConnectOptions = {}): Promise<Client> {
  const environment = readEnvironment(options.environment)
  const logger = options.logger ?? createLogger(environment.logLevel)
  const { log, codec } = await openBackend(environment, 'stoa-client', logger)
  return createClient({
    ...{ log, codec, logger, clock: systemClock, randomness: systemRandomness },
    onClose: () => log.close(),
  })
}
