import { expect, test } from 'vitest'
import { cloudEventHeaders } from './headers.ts'
import { deadLettersPlan, definitionTopicPlans } from './topics.ts'

test('a definition has three topics of one partition count', () => {
  const plans = definitionTopicPlans('review', { partitions: 6, replicationFactor: 1 })
  const size = {
    'max.message.bytes': '8388608',
    'compression.type': 'producer',
    'unclean.leader.election.enable': 'false',
  }
  const forEver = {
    ...size,
    'cleanup.policy': 'delete',
    'retention.ms': '-1',
    'retention.bytes': '-1',
  }
  const common = { partitions: 6, replicationFactor: 1 }
  expect(plans).toEqual([
    { name: 'review.inbox', ...common, config: forEver },
    { name: 'review.journal', ...common, config: forEver },
    {
      name: 'review.results',
      ...common,
      config: { ...size, 'cleanup.policy': 'compact,delete', 'retention.ms': '604800000' },
    },
  ])
})

test('with three replicas a write needs two of them', () => {
  const plans = [
    ...definitionTopicPlans('review', { replicationFactor: 3, resultRetentionMs: 1_000 }),
    deadLettersPlan({ replicationFactor: 3 }),
  ]
  expect(plans.map(({ partitions }) => partitions)).toEqual([4, 4, 4, 4])
  expect(plans.map(({ config }) => config['min.insync.replicas'])).toEqual(['2', '2', '2', '2'])
  expect(plans.map(({ config }) => config['retention.ms'])).toEqual([
    '-1',
    '-1',
    '1000',
    '2592000000',
  ])
})

test('headers are those of a CloudEvent; what is not known is left out', () => {
  const context = { id: 'r1/3', source: 'review', type: 'stoa.Start', time: 0 }
  const attributes = {
    ce_specversion: '1.0',
    ce_id: 'r1/3',
    ce_source: 'review',
    ce_type: 'stoa.Start',
    ce_time: '1970-01-01T00:00:00.000Z',
    'content-type': 'application/avro',
  }
  expect(cloudEventHeaders({ ...context, traceparent: null })).toEqual(attributes)
  const known = { traceparent: '00-ab', correlationId: 'r0', causationId: 'r0/2' }
  expect(cloudEventHeaders({ ...context, ...known })).toEqual({
    ...attributes,
    traceparent: '00-ab',
    correlationid: 'r0',
    causationid: 'r0/2',
  })
})
