/** What a topic does not take holds up nothing else. */

import { expect, test } from 'vitest'
import { z } from 'zod'
import { LogError } from '../errors.ts'
import { type Append, AppendError, type Log } from '../log/port.ts'
import { check } from '../testing/checker/check.ts'
import { TestCluster } from '../testing/test-cluster.ts'
import { VirtualClock } from '../testing/virtual-clock.ts'
import type { DeadLetter } from '../../schemas/records.ts'
import { deadLettersTopic } from '../../schemas/topics.ts'
import { workflow } from './definition.ts'
import { Writer, type Write, type WriteSource } from './writer.ts'

const loud = workflow({
  ...{ name: 'loud', input: z.number(), output: z.string() },
  async run(ctx, size) {
    await ctx.publish('small', 'one', 'x'.repeat(size))
    await ctx.publish('small', 'two', 'after it')
    return 'said'
  },
})

test('a publication that its topic is too small for is buried, and those behind it are delivered', async () => {
  const clock = new VirtualClock()
  const cluster = await TestCluster.create({
    ...{ clock, definitions: [loud], topics: ['small'], maxBatchBytes: 1_000_000 },
  })
  const process = await cluster.process()
  const client = cluster.client()
  const runs = [2_000_000, 10, 10, 2_000_000].map((size) => client.start(loud, size))
  for (const run of runs) {
    expect(await cluster.drive((await cluster.drive(run, 60_000)).result(), 60_000)).toBe('said')
  }
  await clock.advance('10 s')
  await process.stop()

  const letters: DeadLetter[] = []
  for (const { value } of cluster.records(deadLettersTopic)) {
    letters.push(await cluster.codec.deadLetter.decode(value ?? Buffer.alloc(0)))
  }
  expect(letters.map(({ code, topic }) => `${code} ${topic}`)).toEqual([
    'RECORD_TOO_LARGE loud.journal',
    'RECORD_TOO_LARGE loud.journal',
  ])
  expect(letters.map(({ value }) => value?.byteLength)).toEqual([2_000_002, 2_000_002])
  expect(cluster.records('small')).toHaveLength(6)
  const { violations } = await check(cluster.codec, {
    ...{ definitions: ['loud'], records: cluster.records(), effects: cluster.effects },
  })
  expect(violations).toEqual([])
})

/** A log of which partition 0 takes nothing. */
function lameLog() {
  const requests: string[] = []
  const append = (batch: readonly Append[]) => {
    requests.push(batch.map(({ partition }) => String(partition)).join(' '))
    if (batch.every(({ partition }) => partition > 0)) return Promise.resolve(batch.map(() => 0n))
    const error = new LogError('no leader', { code: 'LOG_UNAVAILABLE' })
    const results = batch.map(({ partition }) => (partition === 0 ? error : 0n))
    return Promise.reject(new AppendError(error, results))
  }
  return { log: { append } as unknown as Log, requests }
}

test('a partition that takes nothing rests, longer each time, while others are written to', async () => {
  const clock = new VirtualClock()
  const { log, requests } = lameLog()
  const writer = new Writer(log, clock)
  const written = [0, 0]
  let offered: readonly number[] = []
  const source: WriteSource = {
    collect(reserve) {
      const partitions = offered.filter((partition) => reserve('t', partition, 10))
      offered = []
      return partitions.map((partition): Write => {
        const record = { key: null, value: Buffer.alloc(10) }
        const settle: Write['settle'] = (result) => {
          if ('offset' in result) written[partition]! += 1
        }
        return { topic: 't', partition, record, settle }
      })
    },
  }
  writer.add(source)
  for (let turn = 0; turn < 100; turn += 1) {
    offered = [0, 1]
    writer.wake()
    await clock.advance(10)
  }
  expect(written).toEqual([0, 100])
  // 20, 40, 80, 160, 320, 640 milliseconds of rest within a second.
  expect(requests.filter((request) => request.startsWith('0'))).toHaveLength(6)
})

test('what was refused together goes before what came later', async () => {
  const clock = new VirtualClock()
  const written: string[] = []
  const append = async (batch: readonly Append[]) => {
    await new Promise<void>((resolve) => clock.after(5, resolve))
    const results = batch.map(({ records, partition }) => {
      if (partition > 0) return 0n
      const bytes = records.reduce((sum, { value }) => sum + value.byteLength, 0)
      const options = { code: 'RECORD_TOO_LARGE', details: { limit: 50_000 } }
      if (bytes > 50_000) return new LogError('too large together', options)
      written.push(...records.map(({ key }) => String(key)))
      return 0n
    })
    const failed = results.find((result) => typeof result !== 'bigint')
    if (failed === undefined) return results
    throw new AppendError(failed, results)
  }
  const writer = new Writer({ append } as unknown as Log, clock)
  let waiting = Array.from({ length: 30 }, (_, number) => number)
  const source: WriteSource = {
    collect(reserve) {
      waiting.sort((one, other) => one - other)
      const fits = waiting.filter((number) => number < 12 || clock.now() % 2 === 1)
      const taken = fits.filter(() => reserve('t', 0, 10_000))
      waiting = waiting.filter((number) => !taken.includes(number))
      return taken.map((number): Write => {
        const settle: Write['settle'] = (result) => {
          if ('error' in result) waiting.push(number)
        }
        const record = { key: String(number), value: Buffer.alloc(10_000) }
        return { topic: 't', partition: 0, record, settle }
      })
    },
  }
  writer.add(source)
  // There is more to write than the first request holds.
  writer.add({
    collect: (reserve) =>
      reserve('t', 1, 10)
        ? [
            {
              topic: 't',
              partition: 1,
              record: { key: 'x', value: Buffer.alloc(9) },
              settle: () => 0,
            },
          ]
        : [],
  })
  for (let turn = 0; turn < 40; turn += 1) {
    writer.wake()
    await clock.advance(7)
  }
  writer.close()
  expect(written).toEqual(Array.from({ length: 30 }, (_, number) => String(number)))
})
