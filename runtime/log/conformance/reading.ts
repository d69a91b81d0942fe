import { expect, test } from 'vitest'
import { append, type Harness, numbered, read, text } from './harness.ts'

export function reading(harness: Harness): void {
  test('a range ends before its end, across many batches', async () => {
    const log = harness().connect()
    const topic = await harness().createTopic(3)
    for (let i = 0; i < 5; i += 1) await append(log, topic, 1, ...numbered(400, `${i}-`))
    await append(log, topic, 0, 'elsewhere')

    const all = Array.from({ length: 5 }, (_, i) => numbered(400, `${i}-`)).flat()
    expect((await read(log, topic, 1, 0n, 2_000n)).map(text)).toEqual(all)
    expect((await read(log, topic, 1, 399n, 1_201n)).map(text)).toEqual(all.slice(399, 1_201))
    expect((await read(log, topic, 1, 7n, 8n)).map(text)).toEqual(all.slice(7, 8))
  })

  test('an empty range, and one past the end, end at once', async () => {
    const log = harness().connect()
    const topic = await harness().createTopic(3)
    expect(await read(log, topic, 0, 0n, 0n)).toEqual([])
    expect(await read(log, topic, 0, 0n, 10n)).toEqual([])
    await append(log, topic, 0, 'a', 'b')
    expect((await read(log, topic, 0, 0n, 10n)).map(text)).toEqual(['a', 'b'])
    expect(await read(log, topic, 0, 2n, 10n)).toEqual([])
    expect(await read(log, topic, 0, 2n, 1n)).toEqual([])
  })

  test('an end captured first ends the reading, whatever is appended meanwhile', async () => {
    const [reader, writer] = [harness().connect(), harness().connect()]
    const topic = await harness().createTopic(3)
    await append(writer, topic, 2, ...numbered(300))
    const { high } = await reader.offsets(topic, 2)

    const values: string[] = []
    for await (const batch of reader.read({ topic, partition: 2, from: 0n, to: high })) {
      await append(writer, topic, 2, ...numbered(300, 'later-'))
      values.push(...batch.map(text))
    }
    expect(values).toEqual(numbered(300))
  })

  test('offsets without a record are passed over, also at the end of the range', async () => {
    const log = harness().connect()
    const topic = await harness().createTopic(3)
    await append(log, topic, 0, 'a')
    await harness().appendWithHole(topic, 0, 'b')
    const { high } = await log.offsets(topic, 0)
    expect(high).toBe(3n)
    expect((await read(log, topic, 0, 0n, high)).map(text)).toEqual(['a', 'b'])
    expect(await read(log, topic, 0, 2n, high)).toEqual([])

    expect(await append(log, topic, 0, 'c')).toBe(3n)
    const records = await read(log, topic, 0, 1n, 4n)
    expect(records.map(({ offset }) => offset)).toEqual([1n, 3n])
  })

  test('they come as records without a value, if asked for', async () => {
    const log = harness().connect()
    const topic = await harness().createTopic(3)
    await append(log, topic, 0, 'a')
    await harness().appendWithHole(topic, 0, 'b')
    await append(log, topic, 0, 'c')
    const placesOf = async (from: bigint, to: bigint) => {
      const places: string[] = []
      for await (const records of log.read({ topic, partition: 0, from, to, markers: true })) {
        places.push(...records.map((each) => `${each.offset} ${text(each)}`))
      }
      return places
    }
    expect(await placesOf(0n, 4n)).toEqual(['0 a', '1 b', '2 ', '3 c'])
    expect(await placesOf(2n, 3n)).toEqual(['2 '])
    expect(await placesOf(0n, 3n)).toEqual(['0 a', '1 b', '2 '])
  })

  test('many partitions are read at once, each whole and in order', async () => {
    const log = harness().connect()
    const topic = await harness().createTopic(8)
    const partitions = Array.from({ length: 8 }, (_, partition) => partition)
    await log.append(
      partitions.map((partition) => ({
        topic,
        partition,
        records: numbered(100, `${partition}-`).map((value) => ({
          key: null,
          value: Buffer.from(value),
        })),
      })),
    )
    const ranges = await Promise.all(
      partitions.map((partition) => read(log, topic, partition, 0n, 100n)),
    )
    expect(ranges.map((range) => range.map(text))).toEqual(
      partitions.map((partition) => numbered(100, `${partition}-`)),
    )
  })

  test('a reader may turn away in the middle, and read again', async () => {
    const log = harness().connect()
    const topic = await harness().createTopic(3)
    await append(log, topic, 0, ...numbered(1_500))
    for (let i = 0; i < 3; i += 1) {
      for await (const batch of log.read({ topic, partition: 0, from: 10n, to: 1_500n })) {
        expect(batch.map(text)[0]).toBe('10')
        break
      }
    }
    expect(await read(log, topic, 0, 0n, 1_500n)).toHaveLength(1_500)
  })

  test('what has been trimmed is gone: reading from below begins at the new low', async () => {
    const log = harness().connect()
    const topic = await harness().createTopic(3)
    await append(log, topic, 1, ...numbered(10))
    await log.trim(topic, 1, 4n)
    expect(await log.offsets(topic, 1)).toEqual({ low: 4n, high: 10n })
    expect((await read(log, topic, 1, 0n, 10n)).map(text)).toEqual(numbered(10).slice(4))
    expect(await read(log, topic, 1, 0n, 3n)).toEqual([])

    await log.trim(topic, 1, 2n)
    expect(await log.offsets(topic, 1)).toEqual({ low: 4n, high: 10n })
    await log.trim(topic, 1, 10n)
    expect(await log.offsets(topic, 1)).toEqual({ low: 10n, high: 10n })
    expect(await read(log, topic, 1, 0n, 10n)).toEqual([])
    expect(await append(log, topic, 1, 'next')).toBe(10n)
  })

  test('an offset is found by time', async () => {
    const log = harness().connect()
    const topic = await harness().createTopic(3)
    expect(await log.offsetAt(topic, 0, 0)).toBe(0n)
    await append(log, topic, 0, 'a', 'b')
    await harness().settle()
    await append(log, topic, 0, 'c')
    const [first, , last] = await read(log, topic, 0, 0n, 3n)
    expect(last?.timestamp).toBeGreaterThan(first?.timestamp ?? Infinity)
    expect(await log.offsetAt(topic, 0, first?.timestamp ?? 0)).toBe(0n)
    expect(await log.offsetAt(topic, 0, (first?.timestamp ?? 0) + 1)).toBe(2n)
    expect(await log.offsetAt(topic, 0, (last?.timestamp ?? 0) + 1)).toBe(3n)
  })
}
