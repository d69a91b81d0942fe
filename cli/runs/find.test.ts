import { expect, test } from 'vitest'
import { z } from 'zod'
import { workflow } from '../../runtime/index.ts'
import { connectionTo } from '../../test/fixtures/connection.ts'
import { findRun, requireKey } from './find.ts'

const echo = workflow({
  name: 'echo',
  input: z.string(),
  output: z.string(),
  run: async (_ctx, input) => input,
})

test('a run that has ended is found with its outcome and its entries', async () => {
  const stoa = await connectionTo(echo, true)
  const run = await stoa.client.start(echo, 'hello', { id: 'run-1' })
  await run.result()
  const { summary, history } = await findRun(stoa, 'echo', 'run-1')
  expect(summary).toMatchObject({ runId: 'run-1', status: 'completed' })
  expect(history.map(({ entry }) => entry.body.type)).toEqual(['RunStarted', 'RunCompleted'])
})

test('a start that no service has taken in is known, an id that nobody used is not', async () => {
  const stoa = await connectionTo(echo, false)
  await stoa.client.start(echo, 'hello', { id: 'run-1' })
  expect((await findRun(stoa, 'echo', 'run-1')).summary).toBeUndefined()
  await expect(findRun(stoa, 'echo', 'run-2')).rejects.toMatchObject({ code: 'RUN_NOT_FOUND' })
})

test('a message to a run that was placed by a key needs that key', async () => {
  const stoa = await connectionTo(echo, true)
  const keys = ['a', 'b', 'c', 'd', 'e', 'f']
  await Promise.all(
    keys.map(async (key) =>
      (await stoa.client.start(echo, key, { id: `run-${key}`, key })).result(),
    ),
  )
  const refused = await Promise.all(
    keys.map(async (key) => {
      const { partition } = await findRun(stoa, 'echo', `run-${key}`)
      await requireKey(stoa, 'echo', `run-${key}`, key, partition)
      return requireKey(stoa, 'echo', `run-${key}`, undefined, partition).then(
        () => 'reached',
        (error: unknown) => (error instanceof Error && 'code' in error ? error.code : error),
      )
    }),
  )
  expect(refused).toContain('RUN_KEYED')
})
