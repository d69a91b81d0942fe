import { expect, test } from 'vitest'
import { definitionTopicPlans, deadLettersPlan, type TopicPlan } from '../../schemas/index.ts'
import { planTopics, refuseMismatch } from './plan.ts'
import { hazards } from './preflight.ts'

const definitions = [{ name: 'approval' }]

function existing(partitions: number, replicationFactor = 1): readonly TopicPlan[] {
  return [
    ...definitionTopicPlans('approval', { partitions, replicationFactor }),
    deadLettersPlan({ replicationFactor }),
  ]
}

function states(...parameters: Parameters<typeof planTopics>) {
  return planTopics(...parameters).map(({ plan, state }) => [plan.name, plan.partitions, state])
}

test('where nothing is, everything is created', () => {
  expect(states(definitions, [], { replicationFactor: 3 })).toEqual([
    ['approval.inbox', 4, 'create'],
    ['approval.journal', 4, 'create'],
    ['approval.results', 4, 'create'],
    ['dead-letters', 4, 'create'],
  ])
})

test('topics that are as planned are left alone, whatever their count', () => {
  const planned = planTopics(definitions, existing(12), { replicationFactor: 1 })
  expect(planned.map(({ state }) => state)).toEqual(['ok', 'ok', 'ok', 'ok'])
})

test('a missing topic is created with the count of those beside it', () => {
  const there = existing(12).filter(({ name }) => name !== 'approval.results')
  expect(states(definitions, there, { partitions: 6, replicationFactor: 1 })[2]).toEqual([
    'approval.results',
    12,
    'create',
  ])
})

test('another count, configuration or replication is told of', () => {
  const [inbox, ...others] = existing(4)
  const there = [{ ...inbox!, config: { ...inbox!.config, 'retention.ms': '1000' } }, ...others]
  const [first, second] = planTopics(definitions, there, { partitions: 8, replicationFactor: 3 })
  expect(first).toMatchObject({
    state: 'differs',
    differences: [
      'partitions are 4, planned 8',
      'retention.ms is 1000, planned -1',
      'min.insync.replicas is not set, planned 2',
      'replication is 1, planned 3',
    ],
  })
  expect(second?.state).toBe('differs')
})

test('a topic is judged by what it is, not by what is planned', () => {
  const unclean = { 'unclean.leader.election.enable': 'true' }
  const there = existing(4, 3).map((topic) => ({
    ...topic,
    config: { ...topic.config, ...unclean },
  }))
  const planned = planTopics(definitions, there, { replicationFactor: 3 })
  expect(hazards(planned.map(({ plan }) => plan))).toHaveLength(4)
})

test('lists are the same in any order', () => {
  const there = existing(4).map((topic) => ({
    ...topic,
    config: Object.fromEntries(
      Object.entries(topic.config).map(([name, value]) => [
        name,
        value === 'compact,delete' ? 'delete,compact' : value,
      ]),
    ),
  }))
  const planned = planTopics(definitions, there, { replicationFactor: 1 })
  expect(planned.every(({ state }) => state === 'ok')).toBe(true)
})

test('topics of one definition with different counts are refused', () => {
  const [inbox, ...others] = existing(4)
  expect(() => refuseMismatch(definitions, [{ ...inbox!, partitions: 8 }, ...others])).toThrow(
    expect.objectContaining({ code: 'TOPIC_MISMATCH' }),
  )
  expect(() => refuseMismatch(definitions, existing(4))).not.toThrow()
})
