/** The Kafka and the registry that the environment names: the one place that chooses an adapter. */

import { createCodec, type Codec } from '../schemas/codec.ts'
import { registrySchemaStore } from '../schemas/registry.ts'
import type { Environment } from './environment.ts'
import { kafkaLog } from './log/kafka/kafka-log.ts'
import type { Log } from './log/port.ts'
import type { Logger } from './logger.ts'

/** Opens the log and registers the schemas. @throws LogError LOG_UNAVAILABLE, REGISTRY_UNAVAILABLE */
export async function openBackend(
  environment: Environment,
  clientId: string,
  logger: Logger,
): Promise<{ readonly log: Log; readonly codec: Codec }> {
  const { brokers, ssl, sasl, registryUrl, registryCredentials } = environment
  const codec = await createCodec(
    registrySchemaStore({
      host: registryUrl,
      ...(registryCredentials === undefined ? {} : { auth: registryCredentials }),
    }),
  )
  const log = kafkaLog({
    brokers: [...brokers],
    clientId,
    ssl,
    ...(sasl === undefined ? {} : { sasl }),
    logger,
  })
  return { log, codec }
}
