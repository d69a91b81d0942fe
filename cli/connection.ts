/** A connection to Kafka and the registry as a client. Apart, because loading it takes a while. */

import { openBackend } from '../runtime/backend.ts'
import { systemClock, systemRandomness } from '../runtime/clock.ts'
import { createClient, type Client } from '../runtime/durable/client.ts'
import type { Log } from '../runtime/log/port.ts'
import { createLogger, silentLogger } from '../runtime/logger.ts'
import type { Codec } from '../schemas/index.ts'
import { advised } from './advice.ts'
import { findBackend, type NamedBackend } from './backend.ts'
import type { Variables } from './home.ts'
import type { Invocation } from './invocation.ts'

export interface Connection {
  readonly log: Log
  readonly codec: Codec
  readonly client: Client
  close(): Promise<void>
}

/** Connects as a client. */
export function openConnection(backend: NamedBackend, variables: Variables): Promise<Connection> {
  return advised(backend, () => open(backend, variables))
}

async function open({ environment }: NamedBackend, variables: Variables): Promise<Connection> {
  const logger = variables['STOA_LOG_LEVEL'] === 'debug' ? createLogger('debug') : silentLogger
  const { log, codec } = await openBackend(environment, 'stoa-command', logger)
  const client = createClient({
    ...{ log, codec, logger, clock: systemClock, randomness: systemRandomness },
  })
  return {
    ...{ log, codec, client },
    async close() {
      await client.close()
      await log.close()
    },
  }
}

/** Calls with a connection, and closes it however that ends. */
export async function connected<T>(
  invocation: Invocation,
  act: (connection: Connection) => Promise<T>,
): Promise<T> {
  const backend = await findBackend(invocation)
  const connection = await openConnection(backend, invocation.variables)
  try {
    return await advised(backend, () => act(connection))
  } finally {
    await connection.close()
  }
}
