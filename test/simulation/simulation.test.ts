import { expect, test } from 'vitest'
import { canonical } from '../../runtime/testing/checker/canonical.ts'
import type { Evidence } from '../../runtime/testing/checker/evidence.ts'
import { simulate } from './simulation.ts'

async function evidenceOf(seed: number): Promise<string> {
  let seen: Evidence | undefined
  await simulate(seed, { inspect: (evidence) => (seen = evidence) })
  return canonical({ records: seen?.records, effects: seen?.effects, answers: seen?.answers })
}

test('the same seed makes the same history, to the byte', async () => {
  expect(await evidenceOf(7)).toBe(await evidenceOf(7))
  expect(await evidenceOf(8)).not.toBe(await evidenceOf(7))
}, 60_000)

test('a rule that is switched off is noticed', async () => {
  const { violations } = await simulate(1, { sabotage: 'result-overwritten' })
  expect(violations.map(({ rule }) => rule)).toContain('J3')
}, 60_000)
