import { expect, test, vi } from 'vitest'
import { approval, decision } from '../../test/fixtures/approval.ts'
import { connectionTo } from '../../test/fixtures/connection.ts'
import type { Connection } from '../connection.ts'
import { lettersOf } from './dead-letters.ts'
import { sendAndSee, type Fate } from './fate.ts'
import { anyContract, findRun } from './find.ts'
import { signal } from '../../runtime/index.ts'
import { z } from 'zod'

const { name: definition } = approval
const runId = 'order-7'

/** What becomes of a signal to a run that waits for a decision. */
async function fateOf(stoa: Connection, name: string, payload: unknown): Promise<Fate> {
  const sent = signal(name, z.unknown())
  const { partition } = await findRun(stoa, definition, runId)
  return sendAndSee(
    stoa,
    { definition, runId, partition },
    {
      send: () => stoa.client.get(anyContract(definition), runId).signal(sent, payload),
      isOurs: (body) => body.type === 'Signal' && body.name === name,
    },
    200,
  )
}

async function started(serves = true): Promise<Connection> {
  const stoa = await connectionTo(approval, serves)
  await stoa.client.start(approval, { amount: 12 }, { id: runId })
  if (serves) {
    await vi.waitFor(async () => {
      expect((await findRun(stoa, definition, runId)).state?.waits).toHaveLength(1)
    })
  }
  return stoa
}

test('a signal that is taken in is told of, whether or not the run ends by it', async () => {
  const stoa = await started()
  expect(await fateOf(stoa, 'nobody-waits-for-it', 1)).toMatchObject({ is: 'taken in' })
  const { state } = await findRun(stoa, definition, runId)
  expect(state?.signals.map(({ name }) => name)).toEqual(['nobody-waits-for-it'])
  expect(await fateOf(stoa, decision.name, { granted: true })).toMatchObject({ is: 'taken in' })
})

test('one that does not match its schema is refused, and lies in the dead letters', async () => {
  const stoa = await started()
  const fate = await fateOf(stoa, decision.name, { granted: 'yes' })
  expect(fate).toMatchObject({ is: 'refused', code: 'SIGNAL_INVALID' })
  const letters = await lettersOf(stoa, definition)
  expect(letters).toMatchObject([
    { topic: `${definition}.inbox`, code: 'SIGNAL_INVALID', key: Buffer.from(runId) },
  ])
  expect(await lettersOf(stoa, undefined)).toEqual(letters)
  expect(await lettersOf(stoa, 'other')).toEqual([])
})

test('one to a run that has ended meanwhile came too late', async () => {
  const stoa = await started()
  await fateOf(stoa, decision.name, { granted: true })
  await stoa.client.get(approval, runId).result()
  expect(await fateOf(stoa, decision.name, { granted: true })).toMatchObject({ is: 'too late' })
})

test('one that nobody takes in is not taken in yet', async () => {
  const stoa = await started(false)
  expect(await fateOf(stoa, decision.name, { granted: true })).toEqual({ is: 'not taken in yet' })
})
