/** What the owner of a partition makes of an append that did not go as it should. */

import { expect, test } from 'vitest'
import { z } from 'zod'
import type { AppendFate, Interfere } from '../log/memory.ts'
import { commit as staleCommit, fence } from '../testing/entries.ts'
import { check } from '../testing/checker/check.ts'
import { TestCluster } from '../testing/test-cluster.ts'
import { VirtualClock } from '../testing/virtual-clock.ts'
import type { Commit } from '../../schemas/records.ts'
import { workflow } from './definition.ts'

const review = workflow({
  ...{ name: 'review', input: z.number(), output: z.number() },
  async run(ctx, steps) {
    for (let step = 0; step < steps; step += 1) await ctx.step('read', () => step)
    return steps
  },
})

const slow: AppendFate = { appendAfterMs: 5, settleAfterMs: 10, settle: 'ack' }

/**
 * Three steps, by one process on one partition; the first step's commit meets the fate.
 * @param intruding appended by another process just before that commit lands
 */
async function threeSteps(fate: AppendFate, intruding?: Commit) {
  const clock = new VirtualClock()
  const cluster = await TestCluster.create({ clock, definitions: [review], partitions: 1 })
  const intruder = cluster.log('intruder')
  let isDone = false
  const interfere: Interfere = (batch) => {
    const record = batch.find(({ topic }) => topic === 'review.journal')?.records[0]
    const commit = record && cluster.codec.commit.decode(record.value)
    if (isDone || commit === undefined || commit instanceof Promise) return undefined
    if (!commit.entries.some(({ body }) => body.type === 'StepCompleted')) return undefined
    isDone = true
    if (intruding !== undefined) {
      const records = [{ key: null, value: cluster.codec.commit.encode(intruding) }]
      void intruder.append([{ topic: 'review.journal', partition: 0, records }])
    }
    return fate
  }
  const process = await cluster.process(interfere)
  const run = await cluster.drive(cluster.client().start(review, 3, { id: 'a' }), 60_000)
  expect(await cluster.drive(run.result(), 60_000)).toBe(3)
  await process.stop()
  await clock.advance('1 s')
  const { violations, census } = await check(cluster.codec, {
    ...{ definitions: ['review'], records: cluster.records(), effects: cluster.effects },
  })
  expect(violations).toEqual([])
  const { fences, ignoredEntries } = census
  return { fences, ignoredEntries, bodies: cluster.effects.length }
}

test('one that lands behind the fence of another never happened, and its owner fences again', async () => {
  expect(await threeSteps(slow, fence('intruder'))).toEqual({
    ...{ fences: 3, ignoredEntries: 1, bodies: 4 },
  })
})

test('one that lands behind a stale commit stands', async () => {
  expect(await threeSteps(slow, staleCommit(-1n))).toEqual({
    ...{ fences: 1, ignoredEntries: 0, bodies: 3 },
  })
})

test('one that is not in the journal is appended again, and no body runs again', async () => {
  expect(await threeSteps({ appendAfterMs: null, settleAfterMs: 5, settle: 'fail' })).toEqual({
    ...{ fences: 2, ignoredEntries: 0, bodies: 3 },
  })
})

test('one that is in the journal counts as it stands', async () => {
  expect(await threeSteps({ appendAfterMs: 1, settleAfterMs: 5, settle: 'fail' })).toEqual({
    ...{ fences: 2, ignoredEntries: 0, bodies: 3 },
  })
})

test('one that lands once it has been appended again is stale', async () => {
  expect(await threeSteps({ appendAfterMs: 500, settleAfterMs: 5, settle: 'fail' })).toEqual({
    ...{ fences: 2, ignoredEntries: 1, bodies: 3 },
  })
})
