/** Uses a Kafka and a registry as services and commands do. */

import { z } from 'zod'
import { openBackend } from '../../runtime/backend.ts'
import { systemClock, systemRandomness } from '../../runtime/clock.ts'
import { createClient } from '../../runtime/durable/client.ts'
import { workflow } from '../../runtime/durable/definition.ts'
import { startService } from '../../runtime/durable/service.ts'
import { readEnvironment } from '../../runtime/environment.ts'
import { kafkaTopicAdmin } from '../../runtime/log/kafka/admin.ts'
import { silentLogger } from '../../runtime/logger.ts'
import { definitionTopicPlans } from '../../schemas/index.ts'

const exercised = workflow({
  name: 'exercise',
  input: z.null(),
  output: z.number(),
  run: (ctx) => ctx.step('step', () => 1),
})

/** Creates topics where there are none, serves a definition, and has one run of it. */
export async function exercise(brokers: string, registryUrl: string): Promise<void> {
  const environment = readEnvironment({
    KAFKA_BROKERS: brokers,
    SCHEMA_REGISTRY_URL: registryUrl,
  })
  await createTopics(brokers)
  const { log, codec } = await openBackend(environment, 'exercise', silentLogger)
  const kernel = { log, codec, clock: systemClock, randomness: systemRandomness }
  const service = await startService({ ...kernel, logger: silentLogger, definitions: [exercised] })
  const client = createClient({ ...kernel, logger: silentLogger })
  const run = await client.start(exercised, null)
  await run.result({ timeout: '1 minute' })
  await client.close()
  await service.stop(0)
  await log.close()
}

async function createTopics(brokers: string): Promise<void> {
  const plans = definitionTopicPlans(exercised.name, { replicationFactor: 1 })
  const admin = kafkaTopicAdmin({ brokers: [brokers], clientId: 'exercise' })
  const existing = await admin.describe(plans.map(({ name }) => name))
  if (existing.length === 0) await admin.create([...plans])
  await admin.close()
}
