import { expect, test } from 'vitest'
import { z } from 'zod'
import { createCodec, memorySchemaStore } from '../../schemas/codec.ts'
import { deadLettersPlan, definitionTopicPlans } from '../../schemas/topics.ts'
import { silentLogger } from '../logger.ts'
import { memoryCluster } from '../log/memory.ts'
import { VirtualClock } from '../testing/virtual-clock.ts'
import { createClient } from './client.ts'
import { signal, workflow } from './definition.ts'
import { seededRandomness } from './seeded-random.ts'
import { startService } from './service.ts'

const short = signal('answer', z.string().max(3))
const long = signal('answer', z.string().min(4))
const base = { name: 'asking', input: z.null(), output: z.string() }
const first = workflow({ ...base, signals: [short], run: (ctx) => ctx.waitFor(short) })
const second = workflow({
  ...{ ...base, version: '2', signals: [long] },
  run: (ctx) => ctx.waitFor(long),
})

test('a signal is checked by the schema of the version that the run is pinned to', async () => {
  const clock = new VirtualClock()
  const codec = await createCodec(memorySchemaStore())
  const size = { partitions: 1, replicationFactor: 1 }
  const topics = [...definitionTopicPlans('asking', size), deadLettersPlan(size)]
  const cluster = memoryCluster({ clock, topics })
  const common = { codec, clock, logger: silentLogger, randomness: seededRandomness('asking') }
  const client = createClient({ ...common, log: cluster.connect({ name: 'client' }) })

  const before = await startService({ ...common, log: cluster.connect(), definitions: [first] })
  const old = client.start(first, null)
  await clock.advance(1_000)
  const stopped = before.stop(1_000)
  await clock.advance(2_000)
  await stopped
  await startService({ ...common, log: cluster.connect(), definitions: [second, first] })
  const young = client.start(second, null)
  await clock.advance(60_000)

  await Promise.all([(await old).signal(short, 'yes'), clock.advance(1_000)])
  await Promise.all([(await young).signal(long, 'certainly'), clock.advance(1_000)])
  const outputs = Promise.all([(await old).result(), (await young).result()])
  await clock.advance(1_000)
  expect(await outputs).toEqual(['yes', 'certainly'])
  expect(cluster.dump('dead-letters', 0)).toEqual([])
})
