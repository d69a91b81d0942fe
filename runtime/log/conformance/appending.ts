import { expect, test } from 'vitest'
import { append, type Harness, read, record, text } from './harness.ts'

export function appending(harness: Harness): void {
  test('records of one append have consecutive offsets and come back as they were', async () => {
    const log = harness().connect()
    const topic = await harness().createTopic(3)
    const headers = { ce_id: 'ä-1', 'content-type': 'application/avro' }
    const value = Buffer.from([0, 255, 1])
    const batch = { topic, partition: 2, records: [{ key: 'clé', value, headers }, record('b')] }

    expect(await log.append([batch])).toEqual([0n])
    expect(await log.append([batch])).toEqual([2n])

    const records = await read(log, topic, 2, 0n, 4n)
    expect(records.map(({ offset }) => offset)).toEqual([0n, 1n, 2n, 3n])
    expect(records[0]).toMatchObject({ topic, partition: 2, key: Buffer.from('clé'), value })
    expect(records[0]?.headers).toEqual(headers)
    expect(records[1]).toMatchObject({ key: null, value: Buffer.from('b'), headers: {} })
  })

  test('one request reaches several partitions and topics, and names each base offset in order', async () => {
    const log = harness().connect()
    const one = await harness().createTopic(3)
    const other = await harness().createTopic(4)
    await append(log, one, 1, 'before')

    const offsets = await log.append([
      { topic: other, partition: 3, records: [record('a')] },
      { topic: one, partition: 1, records: [record('b'), record('c')] },
      { topic: one, partition: 0, records: [record('d')] },
    ])

    expect(offsets).toEqual([0n, 1n, 0n])
    expect((await read(log, one, 1, 0n, 3n)).map(text)).toEqual(['before', 'b', 'c'])
    expect((await read(log, other, 3, 0n, 1n)).map(text)).toEqual(['a'])
  })

  test('two appends to one partition in one request follow each other', async () => {
    const log = harness().connect()
    const topic = await harness().createTopic(3)
    const offsets = await log.append([
      { topic, partition: 0, records: [record('a'), record('b')] },
      { topic, partition: 1, records: [record('x')] },
      { topic, partition: 0, records: [record('c')] },
    ])
    expect(offsets).toEqual([0n, 0n, 2n])
    expect((await read(log, topic, 0, 0n, 3n)).map(text)).toEqual(['a', 'b', 'c'])
  })

  test('an append of nothing is answered with nothing', async () => {
    expect(await harness().connect().append([])).toEqual([])
  })

  test('appends begun together keep their order', async () => {
    const log = harness().connect()
    const topic = await harness().createTopic(3)
    const values = Array.from({ length: 50 }, (_, index) => String(index))
    const offsets = await Promise.all(values.map((value) => append(log, topic, 1, value)))
    expect(offsets).toEqual(values.map((_, index) => BigInt(index)))
    expect((await read(log, topic, 1, 0n, 50n)).map(text)).toEqual(values)
  })

  test('the offsets tell a writer that another has written in between', async () => {
    const [one, other] = [harness().connect(), harness().connect()]
    const topic = await harness().createTopic(3)
    expect(await append(one, topic, 0, 'fence of one')).toBe(0n)
    expect(await append(one, topic, 0, 'one')).toBe(1n)
    expect(await append(other, topic, 0, 'fence of the other')).toBe(2n)
    expect(await append(one, topic, 0, 'one, too late')).toBe(3n)
    expect(await append(other, topic, 0, 'other')).toBe(4n)
  })

  test('after a lost answer the record may be there, and no later append is acknowledged in vain', async () => {
    const log = harness().connect()
    const topic = await harness().createTopic(3)
    expect(await append(log, topic, 0, 'first')).toBe(0n)

    const recover = harness().loseAnswers(log)
    await expect(append(log, topic, 0, 'lost')).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' })
    recover()
    expect((await read(log, topic, 0, 1n, 2n)).map(text)).toEqual(['lost'])
    for (const value of ['a', 'b', 'c']) {
      const offset = await append(log, topic, 0, value)
      expect((await read(log, topic, 0, offset, offset + 1n)).map(text)).toEqual([value])
    }
  })

  test('what is too large is refused by size and limit, and the rest of the request is appended', async () => {
    const log = harness().connect()
    const topic = await harness().createTopic(3)
    const small = await harness().createTopic(3, { 'max.message.bytes': '2000' })
    const refusal = log.append([
      { topic, partition: 0, records: [record('fits')] },
      {
        topic: small,
        partition: 1,
        records: [record('x'.repeat(1_000)), record('x'.repeat(1_000))],
      },
    ])
    const tooLarge = { code: 'RECORD_TOO_LARGE' }
    await expect(refusal).rejects.toMatchObject({ name: 'AppendError', ...tooLarge })
    await expect(refusal).rejects.toMatchObject({ results: [0n, tooLarge] })
    await expect(refusal).rejects.toThrow(/2\d\d\d bytes .* 2000 /)
    await expect(append(log, topic, 0, 'x'.repeat(1_048_588))).rejects.toMatchObject({
      code: 'RECORD_TOO_LARGE',
    })
    expect(await log.offsets(topic, 0)).toEqual({ low: 0n, high: 1n })

    expect(await append(log, small, 1, 'x'.repeat(1_800))).toBe(0n)
    expect(await append(log, topic, 0, 'x'.repeat(1_048_000))).toBe(1n)
  })

  test('what does not exist is unknown, and the rest of the request is appended', async () => {
    const log = harness().connect()
    const topic = await harness().createTopic(3)
    const unknown = { code: 'TOPIC_UNKNOWN' }
    await expect(append(log, 'no-such-topic', 0, 'a')).rejects.toMatchObject(unknown)
    await expect(append(log, topic, 3, 'a')).rejects.toMatchObject(unknown)
    await expect(
      log.append([
        { topic, partition: 0, records: [record('a')] },
        { topic: 'no-such-topic', partition: 0, records: [record('b')] },
      ]),
    ).rejects.toMatchObject({ ...unknown, results: [0n, unknown] })
    await expect(log.partitions('no-such-topic')).rejects.toMatchObject(unknown)
    await expect(log.offsets('no-such-topic', 0)).rejects.toMatchObject(unknown)
    await expect(log.offsets(topic, 3)).rejects.toMatchObject(unknown)
    await expect(read(log, 'no-such-topic', 0, 0n, 1n)).rejects.toMatchObject(unknown)
    await expect(
      log.follow({ topic: 'no-such-topic', onRecords: () => undefined }),
    ).rejects.toMatchObject(unknown)
    await expect(
      log.own({
        topic: 'no-such-topic',
        group: 'nobody',
        sessionTimeoutMs: harness().sessionTimeoutMs,
        listener: { onAssigned: () => undefined, onRecords: () => undefined },
      }),
    ).rejects.toMatchObject(unknown)
    expect(await log.offsets(topic, 0)).toEqual({ low: 0n, high: 1n })
  })

  test('a topic can be used as soon as it has been created, by whoever asked for it before', async () => {
    const log = harness().connect()
    expect(await log.partitions(await harness().createTopic(5))).toBe(5)
    for (let i = 0; i < 5; i += 1) {
      expect(await append(log, await harness().createTopic(1), 0, 'a')).toBe(0n)
    }
  })

  test('a closed connection refuses to append', async () => {
    const log = harness().connect()
    const topic = await harness().createTopic(1)
    await append(log, topic, 0, 'a')
    await log.close()
    await log.close()
    await expect(append(log, topic, 0, 'b')).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' })
  })
}
