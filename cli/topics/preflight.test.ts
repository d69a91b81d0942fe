import { expect, test } from 'vitest'
import { definitionTopicPlans, type TopicPlan } from '../../schemas/index.ts'
import { hazards, refuseHazards } from './preflight.ts'

const safe = definitionTopicPlans('approval', { replicationFactor: 3 })

function changed(changes: Partial<TopicPlan>): readonly TopicPlan[] {
  return [{ ...safe[0]!, ...changes }]
}

test('three replicas, two of them in sync, lose nothing', () => {
  expect(hazards(safe)).toEqual([])
})

test.each([
  [changed({ replicationFactor: 2 }), 'approval.inbox has 2 replicas, fewer than 3'],
  [
    changed({ config: { 'min.insync.replicas': '1' } }),
    'approval.inbox acknowledges with 1 replica in sync, fewer than 2',
  ],
  [
    changed({ config: { 'unclean.leader.election.enable': 'true' } }),
    'approval.inbox may elect a leader that lacks records (unclean.leader.election.enable)',
  ],
])('%j is a hazard', (topics, line) => {
  expect(hazards(topics)).toEqual([line])
  expect(() => refuseHazards(topics, false)).toThrow(
    expect.objectContaining({ code: 'CLUSTER_UNSAFE' }),
  )
})

test('a cluster for development may lose data', () => {
  expect(() => refuseHazards(changed({ replicationFactor: 1 }), true)).not.toThrow()
})
