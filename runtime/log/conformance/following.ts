import { expect, test } from 'vitest'
import type { LogRecord } from '../port.ts'
import { append, type Harness, numbered, text } from './harness.ts'

export function following(harness: Harness): void {
  test('nothing appended after it has resolved is missed, and nothing from before is seen', async () => {
    const [reader, writer] = [harness().connect(), harness().connect()]
    const topic = await harness().createTopic(3)
    await append(writer, topic, 0, 'before')

    const seen: string[] = []
    const subscription = await reader.follow({
      topic,
      onRecords: (partition, records) => {
        seen.push(...records.map((record) => `${partition}:${text(record)}`))
      },
    })
    await Promise.all([0, 1, 2].map((partition) => append(writer, topic, partition, 'after')))
    await harness().until('every partition was heard', () => seen.length >= 3)
    await harness().settle()
    expect(seen.toSorted()).toEqual(['0:after', '1:after', '2:after'])
    await subscription.close()
  })

  test('each partition is delivered once and in order while others append', async () => {
    const [reader, writer] = [harness().connect(), harness().connect()]
    const topic = await harness().createTopic(3)
    const offsets: bigint[][] = [[], [], []]
    const isWriting = { now: true }
    const writing = (async () => {
      for (let i = 0; isWriting.now; i += 1) {
        await append(writer, topic, i % 3, ...numbered(3))
        await new Promise((resolve) => setImmediate(resolve))
      }
    })()
    await harness().until('something was written', async () => {
      const { high } = await reader.offsets(topic, 2)
      return high > 5n
    })

    const subscription = await reader.follow({
      topic,
      onRecords: (partition, records) => {
        offsets[partition]?.push(...records.map(({ offset }) => offset))
      },
    })
    await harness().until('much was heard', () => offsets.every((heard) => heard.length > 60))
    isWriting.now = false
    await writing
    const { high } = await reader.offsets(topic, 0)
    await harness().until('the end was heard', () => offsets[0]?.at(-1) === high - 1n)

    for (const heard of offsets) {
      const first = heard[0] ?? 0n
      expect(heard).toEqual(heard.map((_, index) => first + BigInt(index)))
      expect(first).toBeGreaterThan(0n)
    }
    await subscription.close()
  })

  test('partitions that are named begin where it says, trimmed ones at their low', async () => {
    const log = harness().connect()
    const topic = await harness().createTopic(4)
    for (const partition of [0, 1, 2, 3]) await append(log, topic, partition, 'a', 'b', 'c')
    await log.trim(topic, 3, 2n)

    const seen: string[] = []
    const subscription = await log.follow({
      topic,
      from: new Map([
        [0, 0n],
        [1, 2n],
        [3, 0n],
      ]),
      onRecords: (partition, records) => {
        seen.push(...records.map((record) => `${partition}:${text(record)}`))
      },
    })
    await append(log, topic, 2, 'd')
    await harness().until('all was heard', () => seen.length >= 6)
    expect(seen.toSorted()).toEqual(['0:a', '0:b', '0:c', '1:c', '2:d', '3:c'])
    await subscription.close()
  })

  test('nothing is delivered once it is closed, and it leaves no group behind', async () => {
    const log = harness().connect()
    const topic = await harness().createTopic(3)
    const before = new Set(await harness().groups())
    const seen: LogRecord[] = []
    const subscription = await log.follow({
      topic,
      onRecords: (_, records) => {
        seen.push(...records)
      },
    })
    await append(log, topic, 0, 'a')
    await harness().until('it was heard', () => seen.length === 1)
    await subscription.close()
    await append(log, topic, 0, 'b')
    await harness().settle()
    expect(seen).toHaveLength(1)

    await log.close()
    const left = await harness().groups()
    expect(left.filter((group) => !before.has(group))).toEqual([])
  })
}
