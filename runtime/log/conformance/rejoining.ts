import { expect, test } from 'vitest'
import { append, type Harness, numbered } from './harness.ts'
import { Member } from './member.ts'

export function rejoining(harness: Harness): void {
  let groups = 0
  const freshGroup = () => {
    groups += 1
    return `rejoining-${groups}-${Math.trunc(performance.now() * 1_000)}`
  }

  test('a second member takes half, and the partitions that the first keeps go on where they were', async () => {
    const [one, other, writer] = [harness().connect(), harness().connect(), harness().connect()]
    const topic = await harness().createTopic(4)
    const group = freshGroup()
    const first = await Member.join(harness(), one, { topic, group, seekTo: 0n })
    await harness().until('it was assigned', () => first.held.length === 4)
    for (const partition of [0, 1, 2, 3]) await append(writer, topic, partition, 'a', 'b')
    await harness().until('all came', () => [0, 1, 2, 3].every((p) => first.values(p).length === 2))

    const second = await Member.join(harness(), other, { topic, group, seekTo: 1n })
    await harness().until(
      'each has half',
      () => first.held.length === 2 && second.held.length === 2,
    )
    expect([...first.held, ...second.held].sort()).toEqual([0, 1, 2, 3])
    for (const partition of [0, 1, 2, 3]) await append(writer, topic, partition, 'c')
    await harness().until('all came', () =>
      [0, 1, 2, 3].every((p) => first.values(p).at(-1) === 'c' || second.values(p).at(-1) === 'c'),
    )
    await harness().settle()
    for (const partition of first.held) {
      expect(first.values(partition)).toEqual(['a', 'b', 'c'])
      expect(second.values(partition)).toEqual([])
    }
    for (const partition of second.held) {
      expect(first.values(partition)).toEqual(['a', 'b'])
      expect(second.values(partition)).toEqual(['b', 'c'])
    }

    const kept = first.held
    await second.ownership.leave()
    await harness().until('the first has all again', () => first.held.length === 4)
    for (const partition of [0, 1, 2, 3]) await append(writer, topic, partition, 'd')
    await harness().until('all came', () =>
      [0, 1, 2, 3].every((p) => first.values(p).at(-1) === 'd'),
    )
    for (const partition of kept) expect(first.values(partition)).toEqual(['a', 'b', 'c', 'd'])
    await first.ownership.leave()
  })

  test('a partition given back has to be sought again', async () => {
    const [one, other] = [harness().connect(), harness().connect()]
    const topic = await harness().createTopic(2)
    const group = freshGroup()
    const first = await Member.join(harness(), one, { topic, group })
    await harness().until('it was assigned', () => first.held.length === 2)
    for (const partition of [0, 1]) first.ownership.seek(partition, 0n)
    const second = await Member.join(harness(), other, { topic, group })
    await harness().until('each has one', () => first.held.length === 1 && second.held.length === 1)
    const [given] = second.held
    await second.ownership.leave()
    await harness().until('the first has both again', () => first.held.length === 2)

    for (const partition of [0, 1]) await append(one, topic, partition, 'a')
    const kept = given === 0 ? 1 : 0
    await harness().until('the kept one goes on', () => first.values(kept).length === 1)
    await harness().settle()
    expect(first.values(given ?? -1)).toEqual([])
    await first.ownership.leave()
  })

  test('a partition that was paused stays so when it is kept', async () => {
    const [one, other] = [harness().connect(), harness().connect()]
    const topic = await harness().createTopic(2)
    const group = freshGroup()
    const first = await Member.join(harness(), one, { topic, group, seekTo: 0n })
    await harness().until('it was assigned', () => first.held.length === 2)
    for (const partition of [0, 1]) first.ownership.pause(partition)
    const second = await Member.join(harness(), other, { topic, group })
    await harness().until('each has one', () => first.held.length === 1 && second.held.length === 1)
    const kept = first.held[0] ?? -1
    await append(one, topic, kept, ...numbered(3))
    await harness().settle()
    expect(first.values(kept)).toEqual([])
    first.ownership.resume(kept)
    await harness().until('all came', () => first.values(kept).length === 3)
    await first.ownership.leave()
    await second.ownership.leave()
  })

  test('with more members than partitions every member hears of its share, an empty one too', async () => {
    const topic = await harness().createTopic(3)
    const group = freshGroup()
    const members = await Promise.all(
      Array.from({ length: 4 }, () =>
        Member.join(harness(), harness().connect(), { topic, group, seekTo: 0n }),
      ),
    )
    await harness().until('all partitions are spread', () => {
      const held = members.flatMap((member) => member.held)
      const isHeard = members.every((member) => member.assignments.length > 0)
      return isHeard && held.length === 3 && new Set(held).size === 3
    })
    await Promise.all(members.map((member) => member.ownership.leave()))
  })

  test('what a crashed member had goes to the other once its session has ended', async () => {
    const [one, other] = [harness().connect(), harness().connect()]
    const topic = await harness().createTopic(4)
    const group = freshGroup()
    const first = await Member.join(harness(), one, { topic, group, seekTo: 0n })
    const second = await Member.join(harness(), other, { topic, group, seekTo: 0n })
    await harness().until(
      'each has half',
      () => first.held.length === 2 && second.held.length === 2,
    )

    harness().crash(one)
    await harness().until('the other has all', () => second.held.length === 4)
    for (const partition of [0, 1, 2, 3]) await append(other, topic, partition, 'a')
    await harness().until('all came', () =>
      [0, 1, 2, 3].every((p) => second.values(p).length === 1),
    )
    await second.ownership.leave()
  })

  test('a member that was away while another had its partition is told that it lost it', async () => {
    const [one, other] = [harness().connect(), harness().connect()]
    const topic = await harness().createTopic(2)
    const options = { topic, group: freshGroup(), seekTo: 0n }
    const first = await Member.join(harness(), one, options)
    await harness().until('it was assigned', () => first.held.length === 2)

    const heal = harness().silence(one)
    const second = await Member.join(harness(), other, options)
    await harness().until('the other has both', () => second.held.length === 2)
    for (const partition of [0, 1]) await append(other, topic, partition, 'a')
    await harness().until('the other is served', () =>
      [0, 1].every((p) => second.values(p).length === 1),
    )
    await second.ownership.leave()
    expect(first.assignments).toEqual([[0, 1]])

    heal()
    await harness().until('the first has both again', () => first.assignments.length > 2)
    expect(first.assignments).toEqual([[0, 1], [], [0, 1]])
    for (const partition of [0, 1]) await append(one, topic, partition, 'b')
    // What it was sent before it heard of its loss may have come as well.
    await harness().until('it is served from where it sought', () =>
      [0, 1].every((p) => first.values(p).slice(-2).join() === 'a,b'),
    )
    await first.ownership.leave()
  })

  test('a static member that comes back has its partitions at once, and nobody else notices', async () => {
    const [one, other, again] = [harness().connect(), harness().connect(), harness().connect()]
    const topic = await harness().createTopic(4)
    const group = freshGroup()
    const options = { topic, group, seekTo: 0n }
    const first = await Member.join(harness(), one, { ...options, instanceId: 'pod-0' })
    const second = await Member.join(harness(), other, { ...options, instanceId: 'pod-1' })
    await harness().until(
      'each has half',
      () => first.held.length === 2 && second.held.length === 2,
    )
    const heard = second.assignments.length

    harness().crash(one)
    const third = await Member.join(harness(), again, { ...options, instanceId: 'pod-0' })
    await harness().until('it has them again', () => third.held.length > 0)
    expect(third.held).toEqual(first.held)
    await append(again, topic, third.held[0] ?? -1, 'a')
    await harness().until('it is served', () => third.values(third.held[0] ?? -1).length === 1)
    await third.ownership.commit(third.held[0] ?? -1, { offset: 1n, metadata: 'm' })
    await harness().settle()
    expect(second.assignments).toHaveLength(heard)
    expect(third.held).toEqual(first.held)

    await third.ownership.leave()
    await second.ownership.leave()
  })

  test('of two processes under one instance id the older is out: nothing assigned, its commits refused', async () => {
    const [one, other] = [harness().connect(), harness().connect()]
    const topic = await harness().createTopic(2)
    const options = { topic, group: freshGroup(), instanceId: 'pod-0', seekTo: 0n }
    const older = await Member.join(harness(), one, options)
    await harness().until('it was assigned', () => older.held.length === 2)
    await older.ownership.commit(0, { offset: 1n, metadata: 'older' })

    const newer = await Member.join(harness(), other, options)
    await harness().until('the newer has them', () => newer.held.length === 2)
    await expect(older.ownership.commit(0, { offset: 2n, metadata: 'late' })).rejects.toMatchObject(
      {
        code: 'FENCED',
      },
    )
    await harness().until('the older heard that it has none', () => older.held.length === 0)
    expect(await newer.ownership.committed(0)).toEqual({ offset: 1n, metadata: 'older' })

    await append(other, topic, 0, 'a')
    await harness().until('the newer is served', () => newer.values(0).length === 1)
    expect(older.values(0)).toEqual([])
    await newer.ownership.leave()
  })

  test('a member that has left may not commit', async () => {
    const [one, other] = [harness().connect(), harness().connect()]
    const topic = await harness().createTopic(2)
    const group = freshGroup()
    const first = await Member.join(harness(), one, { topic, group })
    await harness().until('it was assigned', () => first.held.length === 2)
    await first.ownership.leave()
    const second = await Member.join(harness(), other, { topic, group })
    await harness().until('the next was assigned', () => second.held.length === 2)
    await expect(first.ownership.commit(0, { offset: 2n, metadata: '' })).rejects.toMatchObject({
      code: 'FENCED',
    })
    await second.ownership.leave()
  })
}
