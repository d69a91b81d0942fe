import { expect, test } from 'vitest'
import { z } from 'zod'
import { silentLogger } from '../logger.ts'
import { TestCluster } from '../testing/test-cluster.ts'
import { VirtualClock } from '../testing/virtual-clock.ts'
import { workflow } from './definition.ts'
import { ResultsReader } from './results-reader.ts'

const echo = workflow({
  ...{ name: 'echo', input: z.number(), output: z.string() },
  run: (_ctx, bytes) => Promise.resolve('x'.repeat(bytes)),
})

async function following() {
  const clock = new VirtualClock()
  const cluster = await TestCluster.create({ clock, definitions: [echo] })
  await cluster.process()
  const { codec } = cluster
  const options = { log: cluster.log('reader'), codec, clock, logger: silentLogger }
  const reader = await cluster.drive(ResultsReader.open(options, 'echo'))
  const client = cluster.client()
  const run = async (id: string, bytes: number) => {
    await cluster.drive(client.start(echo, bytes, { id }))
    await clock.advance('1 second')
  }
  return { cluster, reader, run }
}

test('the latest results are kept for who asks later, up to so many bytes', async () => {
  const { reader, run } = await following()
  const bytes = 3 * 1024 * 1024
  for (const id of ['a', 'b', 'c', 'd', 'e']) await run(id, bytes)
  expect(reader.forgotten).toBe(0)
  await run('f', bytes)
  expect(reader.forgotten).toBe(1)
  expect(reader.known('a')).toBeUndefined()
  expect(reader.known('b')).toMatchObject({ status: 'completed' })
  await run('small', 1)
  expect(reader.forgotten).toBe(1)
})

test('a copy of a result takes no further room', async () => {
  const { cluster, reader, run } = await following()
  await run('a', 3 * 1024 * 1024)
  for (let copy = 0; copy < 9; copy += 1) {
    await cluster.drive(cluster.client().get(echo, 'a').result(), 5_000)
  }
  expect(cluster.records('echo.results')).toHaveLength(10)
  expect(reader.forgotten).toBe(0)
})

test('nothing is left of who has waited, told or not', async () => {
  const { cluster, reader, run } = await following()
  const early = reader.outcomeOf('a', null, '10 seconds')
  const question = { answerId: 'q/answer', send: () => Promise.reject(new Error('no log')) }
  await expect(reader.outcomeOf('b', question, undefined)).rejects.toThrow('no log')
  await expect(cluster.drive(early, 60_000)).rejects.toMatchObject({ code: 'TIMED_OUT' })
  expect(reader.waiting).toBe(0)
  const told = [reader.outcomeOf('a', null, undefined), reader.outcomeOf('a', null, '1 minute')]
  expect(reader.waiting).toBe(1)
  await run('a', 1)
  for (const outcome of await Promise.all(told)) expect(outcome.status).toBe('completed')
  expect(reader.waiting).toBe(0)
})

test('a limit that cannot be read is refused before anybody waits', async () => {
  const { reader } = await following()
  const asked = reader.outcomeOf('a', null, 'soon')
  await expect(asked).rejects.toMatchObject({ code: 'DURATION_INVALID' })
  expect(reader.waiting).toBe(0)
})
