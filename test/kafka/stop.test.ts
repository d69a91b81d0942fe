/** A service told to stop: a step under way is finished, none begins, and a second signal ends it. */

import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { connect, type Client } from '../../runtime/index.ts'
import { kafkaTopicAdmin } from '../../runtime/log/kafka/admin.ts'
import { silentLogger } from '../../runtime/logger.ts'
import { deadLettersPlan, definitionTopicPlans } from '../../schemas/topics.ts'
import { Service } from './service.ts'
import { stopping } from './stopping.ts'

const program = ['test/kafka/stopping-service.ts']
let client: Client

beforeAll(async () => {
  const admin = kafkaTopicAdmin({ brokers: [inject('brokers')], clientId: 'stop' })
  const size = { partitions: 2, replicationFactor: 1 }
  await admin.create([...definitionTopicPlans(stopping.name, size), deadLettersPlan(size)])
  await admin.close()
  const environment = {
    KAFKA_BROKERS: inject('brokers'),
    SCHEMA_REGISTRY_URL: inject('registryUrl'),
  }
  client = await connect({ environment, logger: silentLogger })
})
afterAll(() => client.close())

async function begun(service: Service, step: number): Promise<void> {
  const words = `step ${String(step)} begins`
  while (!service.said.includes(words)) await sleep(10)
}

test('the step under way is recorded, the next one belongs to whoever comes after', async () => {
  const first = await Service.start(program)
  const run = await client.start(stopping, [1_500, 1, 1])
  await begun(first, 0)
  expect(await first.stop()).toBe(0)
  expect(first.said).not.toContain('step 1 begins')

  const second = await Service.start(program)
  const [before, ...after] = await run.result()
  expect(new Set(after).size).toBe(1)
  expect(before).not.toBe(after[0])
  expect(second.said).not.toContain('step 0 begins')
  expect(await second.stop()).toBe(0)
})

test('a step that outlives the grace is left to whoever comes after', async () => {
  const first = await Service.start(program, { STOA_GRACE: '1 second' })
  const run = await client.start(stopping, [8_000])
  await begun(first, 0)
  const begin = performance.now()
  expect(await first.stop()).toBe(0)
  expect(performance.now() - begin).toBeLessThan(7_000)

  const second = await Service.start(program)
  await begun(second, 0)
  expect(await run.result()).toHaveLength(1)
  expect(await second.stop()).toBe(0)
})

test('a second signal ends it at once', async () => {
  const service = await Service.start(program)
  const run = await client.start(stopping, [20_000])
  await begun(service, 0)
  const begin = performance.now()
  service.signal('SIGTERM')
  while (!service.said.includes('service stopping')) await sleep(10)
  expect(await service.stop()).toBe(1)
  expect(performance.now() - begin).toBeLessThan(10_000)
  await run.cancel('the test is over')
})
