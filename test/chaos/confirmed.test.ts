/** An owner whom the group no longer means does nothing, whatever it believes itself. */

import { expect, test } from 'vitest'
import { z } from 'zod'
import { createClient } from '../../runtime/durable/client.ts'
import { seededRandomness } from '../../runtime/durable/seeded-random.ts'
import { startService } from '../../runtime/durable/service.ts'
import { FencedError } from '../../runtime/errors.ts'
import { workflow } from '../../runtime/index.ts'
import { memoryCluster } from '../../runtime/log/memory.ts'
import { silentLogger } from '../../runtime/logger.ts'
import { VirtualClock } from '../../runtime/testing/virtual-clock.ts'
import { createCodec, definitionTopicPlans, memorySchemaStore } from '../../schemas/index.ts'
import { pointedLog } from './pointed-log.ts'

test('behind its fence an owner does nothing until the group has confirmed it', async () => {
  let [bodies, refusals, isMeant] = [0, 0, false]
  const review = workflow({
    ...{ name: 'review', input: z.null(), output: z.null() },
    run: (ctx) =>
      ctx.step('count', () => {
        bodies += 1
        return null
      }),
  })
  const clock = new VirtualClock()
  const topics = definitionTopicPlans('review', { partitions: 1, replicationFactor: 1 })
  const cluster = memoryCluster({ clock, topics })
  const codec = await createCodec(memorySchemaStore())
  const log = pointedLog(cluster.connect(), (point) => {
    if (point !== 'before commit' || isMeant) return
    refusals += 1
    throw new FencedError('the place in the group is taken')
  })
  const shared = { clock, codec, logger: silentLogger, randomness: seededRandomness('test') }
  void startService({ ...shared, log, definitions: [review] })
  const client = createClient({ ...shared, log: cluster.connect() })
  const started = client.start(review, null)
  await clock.advance('20 s')

  const journal = cluster.dump('review.journal', 0)
  expect(refusals).toBeGreaterThan(1)
  expect(journal.length).toBeGreaterThanOrEqual(refusals)
  for (const { value } of journal) {
    const { fence, entries } = await codec.commit.decode(value ?? new Uint8Array())
    expect([fence === null, entries.length]).toEqual([false, 0])
  }
  expect(bodies).toBe(0)

  isMeant = true
  const result = started.then((run) => run.result())
  await clock.advance('20 s')
  expect(await result).toBe(null)
  expect(bodies).toBe(1)
})
