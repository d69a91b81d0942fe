import { expect, test } from 'vitest'
import { memoryCluster } from '../log/memory.ts'
import { VirtualClock } from '../testing/virtual-clock.ts'
import { partitionCount } from './partition-count.ts'

function logWith(counts: Readonly<Record<string, number>>) {
  const topics = Object.entries(counts).map(([name, partitions]) => ({
    ...{ name, partitions, replicationFactor: 1, config: {} },
  }))
  return memoryCluster({ clock: new VirtualClock(), topics }).connect()
}

test('topics that agree have one count', async () => {
  const log = logWith({ 'a.inbox': 3, 'a.results': 3, 'a.journal': 3 })
  expect(await partitionCount(log, 'a', ['inbox', 'journal', 'results'])).toBe(3)
})

test('topics that differ are named with their counts', async () => {
  const log = logWith({ 'a.inbox': 4, 'a.results': 3 })
  await expect(partitionCount(log, 'a', ['inbox', 'results'])).rejects.toMatchObject({
    code: 'TOPIC_MISMATCH',
    message: expect.stringContaining('a.inbox has 4, a.results has 3') as string,
  })
})

test('one that is missing is named, with the command that creates it', async () => {
  await expect(
    partitionCount(logWith({ 'a.inbox': 4 }), 'a', ['inbox', 'results']),
  ).rejects.toMatchObject({
    code: 'TOPIC_UNKNOWN',
    message: "topic 'a.results' does not exist: create it with 'stoa topics apply'",
  })
})
