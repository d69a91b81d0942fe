import { expect, test } from 'vitest'
import { z } from 'zod'
import { createCodec, memorySchemaStore } from '../../schemas/codec.ts'
import { deadLettersPlan, definitionTopicPlans, type TopicPlan } from '../../schemas/topics.ts'
import { memoryCluster } from '../log/memory.ts'
import { silentLogger } from '../logger.ts'
import { testRuntime } from '../testing/index.ts'
import { TestCluster } from '../testing/test-cluster.ts'
import { VirtualClock } from '../testing/virtual-clock.ts'
import { createClient } from './client.ts'
import { workflow, type AnyWorkflow } from './definition.ts'
import { seededRandomness } from './seeded-random.ts'
import { startService } from './service.ts'

const review = workflow({
  ...{ name: 'review', input: z.null(), output: z.string() },
  run: () => Promise.resolve('done'),
})

const size = { partitions: 2, replicationFactor: 1 }
const plans = definitionTopicPlans('review', size)

async function serving(
  topics: readonly TopicPlan[],
  definitions: readonly AnyWorkflow[] = [review],
) {
  const clock = new VirtualClock()
  const log = memoryCluster({ clock, topics }).connect()
  const started = startService({
    ...{ log, clock, definitions, logger: silentLogger, randomness: seededRandomness('test') },
    codec: await createCodec(memorySchemaStore()),
  })
  started.catch(() => undefined)
  await clock.advance('1 s')
  return started
}

test('a definition whose topics are missing is not served, and the first of them is named', async () => {
  await expect(serving([])).rejects.toThrow(
    "topic 'review.inbox' does not exist: create it with 'stoa topics apply'",
  )
  await expect(serving(plans.slice(0, 2))).rejects.toMatchObject({ code: 'TOPIC_UNKNOWN' })
})

test('a definition whose topics differ in their partitions is not served', async () => {
  const uneven = plans.map((plan) =>
    plan.name === 'review.results' ? { ...plan, partitions: 3 } : plan,
  )
  await expect(serving(uneven)).rejects.toThrow(
    /review.inbox has 2, review.journal has 2, review.results has 3/,
  )
})

test('a process that serves nothing says so', async () => {
  await expect(serving(plans, [])).resolves.toBeDefined()
})

test('runs stay with the version that started them', async () => {
  const version = (number: string) =>
    workflow({
      ...{ name: 'review', version: number, input: z.null(), output: z.string() },
      run: async (ctx) => {
        await ctx.sleep('1 hour')
        return `version ${number}`
      },
    })
  const clock = new VirtualClock()
  const cluster = await TestCluster.create({ clock, definitions: [version('1')] })
  const old = await cluster.process()
  const client = cluster.client()
  const first = await cluster.drive(client.start(review, null))
  await old.stop()

  const both = await cluster.process(undefined, [version('2'), version('1')])
  const second = await cluster.drive(client.start(review, null))
  expect(await cluster.drive(first.result(), 7_200_000)).toBe('version 1')
  expect(await cluster.drive(second.result(), 7_200_000)).toBe('version 2')
  await both.stop()
})

test('no more runs are busy than the definition allows, and the rest waits in the inbox', async () => {
  let busy = 0
  let most = 0
  const limited = workflow({
    ...{ name: 'limited', input: z.number(), output: z.number(), concurrency: 2 },
    run: (ctx, n) =>
      ctx.step('work', async () => {
        busy += 1
        most = Math.max(most, busy)
        await runtime.clock.yield()
        busy -= 1
        return n
      }),
  })
  const runtime = await testRuntime({ definitions: [limited] })
  const runs = await Promise.all([1, 2, 3, 4, 5].map((n) => runtime.start(limited, n)))
  const results: number[] = []
  for (const run of runs) results.push(await run.result())
  expect(results).toEqual([1, 2, 3, 4, 5])
  expect(most).toBe(2)
})

test('a service that is stopped finishes the step under way, and begins no other', async () => {
  const clock = new VirtualClock()
  const topics = [...plans, deadLettersPlan({ partitions: 1, replicationFactor: 1 })]
  const cluster = memoryCluster({ clock, topics, latencyMs: 5 })
  const codec = await createCodec(memorySchemaStore())
  const slow = workflow({
    ...{ name: 'review', input: z.null(), output: z.string() },
    run: async (ctx) => {
      await ctx.step('work', () => pass(clock, 200))
      return ctx.step('more work', () => pass(clock, 200))
    },
  })
  const common = { codec, clock, logger: silentLogger }
  const service = startService({
    ...{ ...common, log: cluster.connect(), definitions: [slow] },
    randomness: seededRandomness('service'),
  })
  const client = createClient({
    ...{ ...common, log: cluster.connect(), randomness: seededRandomness('client') },
  })
  await clock.advance(100)
  const run = client.start(review, null)
  await clock.advance(60)
  const began = clock.now()
  const stopped = (await service).stop(5_000).then(() => clock.now() - began)
  await clock.advance('10 s')
  expect(await stopped).toBeLessThan(1_000)
  const entered = [0, 1].flatMap((partition) =>
    cluster.dump('review.journal', partition).flatMap(({ value }) => {
      const commit = codec.commit.decode(value ?? new Uint8Array())
      return commit instanceof Promise ? [] : commit.entries.map(({ body }) => body.type)
    }),
  )
  expect(entered).toEqual(['RunStarted', 'StepCompleted'])
  expect((await run).id).toBeTypeOf('string')
})

async function pass(clock: VirtualClock, ms: number): Promise<string> {
  await new Promise<void>((resolve) => {
    clock.after(ms, resolve)
  })
  return 'done'
}
