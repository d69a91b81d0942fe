import { createPartitioner } from '../../test/kafka/outsider.ts'
import { expect, test } from 'vitest'
import { murmur2, partitionFor } from './murmur2.ts'

// The vectors of Kafka's own UtilsTest.
test.each([
  ['21', -973932308],
  ['foobar', -790332482],
  ['a-little-bit-long-string', -985981536],
  ['a-little-bit-longer-string', -1486304829],
  ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
  ['abc', 479470107],
])('%s hashes as in Kafka', (key, hash) => {
  expect(murmur2(Buffer.from(key))).toBe(hash)
})

test('keys go where the client library would place them', () => {
  const place = createPartitioner()
  const partitionMetadata = Array.from({ length: 12 }, (_, partitionId) => ({
    partitionId,
    partitionErrorCode: 0,
    leader: 1,
    replicas: [1],
    isr: [1],
  }))
  for (let i = 0; i < 2_000; i += 1) {
    const key = `${'läufe-'.repeat(i % 5)}${String(i * 7919)}`
    const theirs = place({ topic: 't', partitionMetadata, message: { key, value: null } })
    expect(partitionFor(key, 12)).toBe(theirs)
  }
})

test('a view into a larger buffer hashes only its own bytes', () => {
  expect(murmur2(Buffer.from('xxfoobarx').subarray(2, 8))).toBe(-790332482)
})
