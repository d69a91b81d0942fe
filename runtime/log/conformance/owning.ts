import { expect, test } from 'vitest'
import { append, type Harness, numbered, read, text } from './harness.ts'
import { Member } from './member.ts'

export function owning(harness: Harness): void {
  let groups = 0
  const freshGroup = () => {
    groups += 1
    return `owning-${groups}-${Math.trunc(performance.now() * 1_000)}`
  }

  test('a lone member is given every partition, and no record before it seeks', async () => {
    const log = harness().connect()
    const topic = await harness().createTopic(4)
    await append(log, topic, 0, 'a', 'b', 'c')
    const member = await Member.join(harness(), log, { topic, group: freshGroup() })
    expect(member.assignments).toEqual([])
    await harness().until('it was assigned', () => member.held.length === 4)
    expect(member.held).toEqual([0, 1, 2, 3])

    await append(log, topic, 0, 'd')
    await harness().settle()
    expect(member.values(0)).toEqual([])

    member.ownership.seek(0, 1n)
    await harness().until('its records came', () => member.values(0).length >= 3)
    await append(log, topic, 0, 'e')
    await harness().until('the new one came', () => member.values(0).length >= 4)
    await harness().settle()
    expect(member.values(0)).toEqual(['b', 'c', 'd', 'e'])
    expect(member.values(1)).toEqual([])
    await member.ownership.leave()
  })

  test('each record comes once and in order, through many batches', async () => {
    const [log, writer] = [harness().connect(), harness().connect()]
    const topic = await harness().createTopic(3)
    const member = await Member.join(harness(), log, { topic, group: freshGroup(), seekTo: 0n })
    for (let i = 0; i < 20; i += 1) {
      await Promise.all([0, 1, 2].map((p) => append(writer, topic, p, ...numbered(50, `${i}-`))))
    }
    const all = numbered(20).flatMap((i) => numbered(50, `${i}-`))
    await harness().until('all came', () =>
      [0, 1, 2].every((p) => member.values(p).length >= 1_000),
    )
    for (const partition of [0, 1, 2]) expect(member.values(partition)).toEqual(all)
    await member.ownership.leave()
  })

  test('a seek back delivers from there again, a seek ahead skips, and nothing stale comes between', async () => {
    const log = harness().connect()
    const topic = await harness().createTopic(3)
    await append(log, topic, 1, ...numbered(6))
    const member = await Member.join(harness(), log, { topic, group: freshGroup(), seekTo: 0n })
    await harness().until('all came', () => member.offsets(1).length >= 6)

    member.ownership.seek(1, 2n)
    await harness().until('they came again', () => member.offsets(1).length >= 10)
    member.ownership.seek(1, 4n)
    member.ownership.seek(1, 8n)
    await append(log, topic, 1, ...numbered(4))
    await harness().until('the rest came', () => member.offsets(1).at(-1) === 9n)
    await harness().settle()
    expect(member.offsets(1)).toEqual([0n, 1n, 2n, 3n, 4n, 5n, 2n, 3n, 4n, 5n, 8n, 9n])
    await member.ownership.leave()
  })

  test('a seek from below the low begins at the low, and a hole is passed over', async () => {
    const log = harness().connect()
    const topic = await harness().createTopic(3)
    await append(log, topic, 0, ...numbered(4))
    await harness().appendWithHole(topic, 0, 'then a hole')
    await log.trim(topic, 0, 2n)
    const member = await Member.join(harness(), log, { topic, group: freshGroup(), seekTo: 0n })
    await harness().until('what is left came', () => member.offsets(0).length >= 3)
    await append(log, topic, 0, 'after the hole')
    await harness().until('the next came', () => member.offsets(0).length >= 4)
    expect(member.offsets(0)).toEqual([2n, 3n, 4n, 6n])
    await member.ownership.leave()
  })

  test('a record larger than what one request brings comes all the same, in every partition', async () => {
    const log = harness().connect()
    const topic = await harness().createTopic(3, { 'max.message.bytes': '8388608' })
    const member = await Member.join(harness(), log, { topic, group: freshGroup(), seekTo: 0n })
    const large = 'x'.repeat(3_000_000)
    for (const partition of [0, 1, 2]) await append(log, topic, partition, large)
    for (const partition of [0, 1, 2]) await append(log, topic, partition, 'small')
    await harness().until('all came', () => [0, 1, 2].every((p) => member.offsets(p).length === 2))
    for (const partition of [0, 1, 2]) {
      expect(member.values(partition).map(({ length }) => length)).toEqual([3_000_000, 5])
      expect((await read(log, topic, partition, 0n, 2n)).map(text)).toEqual([large, 'small'])
    }
    await member.ownership.leave()
  })

  test('a paused partition is silent, the others are not, and resuming loses nothing', async () => {
    const log = harness().connect()
    const topic = await harness().createTopic(3)
    const member = await Member.join(harness(), log, { topic, group: freshGroup(), seekTo: 0n })
    await harness().until('it was assigned', () => member.held.length === 3)
    await append(log, topic, 0, 'a')
    await harness().until('the first came', () => member.values(0).length === 1)

    member.ownership.pause(0)
    member.ownership.pause(0)
    await append(log, topic, 0, ...numbered(200))
    await append(log, topic, 1, 'b')
    await harness().until('the other partition is served', () => member.values(1).length === 1)
    await harness().settle()
    expect(member.values(0)).toEqual(['a'])

    member.ownership.resume(0)
    await append(log, topic, 0, 'z')
    await harness().until('the rest came', () => member.values(0).length >= 202)
    await harness().settle()
    expect(member.values(0)).toEqual(['a', ...numbered(200), 'z'])
    await member.ownership.leave()
  })

  test('partitions may be paused and sought as soon as they are given', async () => {
    const log = harness().connect()
    const topic = await harness().createTopic(3)
    for (const partition of [0, 1, 2]) await append(log, topic, partition, 'a', 'b')
    const group = freshGroup()
    const member = await Member.join(harness(), log, { topic, group, seekTo: 1n })
    await harness().until('it was assigned', () => {
      if (member.held.length > 0)
        for (const partition of member.held) member.ownership.pause(partition)
      return member.held.length === 3
    })
    for (const partition of [2, 1, 0]) member.ownership.resume(partition)
    await harness().until('all came', () => [0, 1, 2].every((p) => member.values(p).length > 0))
    for (const partition of [0, 1, 2]) expect(member.values(partition)).toEqual(['b'])
    await member.ownership.leave()
  })

  test('to seek, pause or resume a partition that is not assigned does nothing', async () => {
    const log = harness().connect()
    const topic = await harness().createTopic(2)
    const member = await Member.join(harness(), log, { topic, group: freshGroup() })
    for (const partition of [0, 7]) {
      member.ownership.seek(partition, 0n)
      member.ownership.pause(partition)
      member.ownership.resume(partition)
    }
    await harness().until('it was assigned', () => member.held.length === 2)
    await append(log, topic, 0, 'a')
    await harness().settle()
    expect(member.values(0)).toEqual([])
    await member.ownership.leave()
    member.ownership.seek(0, 0n)
    await harness().settle()
    expect(member.values(0)).toEqual([])
  })

  test('what was committed, with its metadata, is there for the next member', async () => {
    const [one, other] = [harness().connect(), harness().connect()]
    const topic = await harness().createTopic(3)
    const group = freshGroup()
    const first = await Member.join(harness(), one, { topic, group })
    await harness().until('it was assigned', () => first.held.length === 3)
    expect(await first.ownership.committed(1)).toEqual({ offset: -1n, metadata: '' })
    await first.ownership.commit(1, { offset: 5n, metadata: 'checkpoint 1' })
    await first.ownership.commit(1, { offset: 7n, metadata: 'checkpoint 2' })
    await first.ownership.commit(2, { offset: 0n, metadata: '' })
    await first.ownership.leave()

    const second = await Member.join(harness(), other, { topic, group })
    await harness().until('the next was assigned', () => second.held.length === 3)
    expect(await second.ownership.committed(0)).toEqual({ offset: -1n, metadata: '' })
    expect(await second.ownership.committed(1)).toEqual({ offset: 7n, metadata: 'checkpoint 2' })
    expect(await second.ownership.committed(2)).toEqual({ offset: 0n, metadata: '' })
    await second.ownership.leave()
  })
}
