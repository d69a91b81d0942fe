import { expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { systemClock, systemRandomness } from '../../runtime/clock.ts'
import { createClient } from '../../runtime/durable/client.ts'
import { startService } from '../../runtime/durable/service.ts'
import { workflow, type AnyWorkflow } from '../../runtime/index.ts'
import { memoryCluster } from '../../runtime/log/memory.ts'
import { silentLogger } from '../../runtime/logger.ts'
import {
  createCodec,
  deadLettersPlan,
  definitionTopicPlans,
  memorySchemaStore,
} from '../../schemas/index.ts'
import type { Connection } from '../connection.ts'
import { StallReader } from './stalls.ts'

const names = ['review', 'inspection']

function failing(name: string, attempts: number): AnyWorkflow {
  return workflow({
    name,
    input: z.unknown(),
    output: z.unknown(),
    run: (ctx) =>
      ctx.step('write', () => Promise.reject(new Error('the disk is full')), {
        retry: { attempts, firstDelay: '1 hour', maxDelay: '1 hour' },
      }),
  })
}

async function connection(...definitions: readonly AnyWorkflow[]): Promise<Connection> {
  const codec = await createCodec(memorySchemaStore())
  const topics = [
    ...names.flatMap((name) => definitionTopicPlans(name, { replicationFactor: 1 })),
    deadLettersPlan({ replicationFactor: 1 }),
  ]
  const cluster = memoryCluster({ clock: systemClock, topics })
  const shared = { codec, clock: systemClock, randomness: systemRandomness, logger: silentLogger }
  const service = await startService({ ...shared, log: cluster.connect(), definitions })
  const log = cluster.connect()
  const client = createClient({ ...shared, log })
  onTestFinished(async () => {
    await service.stop(0)
    await client.close()
  })
  return { log, codec, client, close: () => client.close() }
}

async function stallOf(
  stoa: Connection,
  isSo: (stall: Awaited<ReturnType<StallReader['look']>>) => boolean,
  start: () => Promise<unknown>,
) {
  const reader = await StallReader.open(stoa, names, 'run-1')
  await start()
  for (;;) {
    const stall = await reader.look()
    if (isSo(stall)) return stall
    await new Promise(setImmediate)
  }
}

test('a step that fails and is tried again is told of, and so is a run that is parked', async () => {
  const review = failing('review', 5)
  const retried = await connection(review)
  const { retrying, parked, isUntouched } = await stallOf(
    retried,
    (stall) => stall.retrying.length > 0,
    () => retried.client.start(review, {}, { id: 'run-1' }),
  )
  expect({ parked, isUntouched }).toEqual({ parked: [], isUntouched: false })
  expect(retrying).toMatchObject([
    { definition: 'review', runId: 'run-1', step: 'write', attempt: 1 },
  ])
})

test('a parked run of what the review calls is its own', async () => {
  const inspection = failing('inspection', 1)
  const stoa = await connection(inspection)
  const { parked } = await stallOf(
    stoa,
    (stall) => stall.parked.length > 0,
    () => stoa.client.start(inspection, {}, { id: 'run-1/3' }),
  )
  expect(parked).toMatchObject([
    { definition: 'inspection', runId: 'run-1/3', error: { message: /the disk is full/ } },
  ])
})

test('runs of others, and what was before, leave a review untouched', async () => {
  const review = failing('review', 1)
  const stoa = await connection(review)
  await stallOf(
    stoa,
    (stall) => stall.parked.length > 0,
    () => stoa.client.start(review, {}, { id: 'run-1' }),
  )
  const reader = await StallReader.open(stoa, names, 'run-1')
  await stoa.client.start(review, {}, { id: 'run-10' })
  for (let look = 0; look < 20; look += 1) {
    expect(await reader.look()).toEqual({ isUntouched: true, parked: [], retrying: [] })
  }
})
