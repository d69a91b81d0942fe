import { expect, test } from 'vitest'
import { z } from 'zod'
import { deadLettersTopic } from '../../schemas/topics.ts'
import { TestCluster } from '../testing/test-cluster.ts'
import { VirtualClock } from '../testing/virtual-clock.ts'
import { signal, workflow } from './definition.ts'

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
  const cluster = await TestCluster.create({ clock, definitions: [first], partitions: 1 })
  const client = cluster.client()

  const before = await cluster.process()
  const old = await cluster.drive(client.start(first, null), 60_000)
  await clock.advance(1_000)
  await before.stop()
  await cluster.process(undefined, [second, first])
  const young = await cluster.drive(client.start(second, null), 60_000)
  await clock.advance(60_000)

  await cluster.drive(old.signal(short, 'yes'), 60_000)
  await cluster.drive(young.signal(long, 'certainly'), 60_000)
  expect(await cluster.drive(old.result(), 60_000)).toBe('yes')
  expect(await cluster.drive(young.result(), 60_000)).toBe('certainly')
  expect(cluster.records(deadLettersTopic)).toEqual([])
})
