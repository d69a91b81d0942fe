import { expect, test } from 'vitest'
import { memoryCluster, type AppendFate } from '../log/memory.ts'
import { VirtualClock } from '../testing/virtual-clock.ts'
import { topicPlan } from '../../schemas/topics.ts'
import { partitionBytesPerRequest, Writer, type Write, type WriteSource } from './writer.ts'

const topics = [topicPlan('t', {}, { partitions: 2, replicationFactor: 1 })]

type Waiting = readonly [text: string, partition: number]

/** A source of records, one text each, that remembers what became of them. */
class Source implements WriteSource {
  readonly settled: string[] = []
  #waiting: Waiting[] = []

  add(text: string, partition = 0): void {
    this.#waiting.push([text, partition])
  }

  collect(reserve: (topic: string, partition: number, bytes: number) => boolean): readonly Write[] {
    const left: Waiting[] = []
    const writes: Write[] = []
    for (const [text, partition] of this.#waiting) {
      if (!reserve('t', partition, text.length)) left.push([text, partition])
      else writes.push(this.#write(text, partition))
    }
    this.#waiting = left
    return writes
  }

  #write(text: string, partition: number): Write {
    const name = text.slice(0, 5)
    return {
      ...{ topic: 't', partition, record: { key: null, value: Buffer.from(text) } },
      settle: (result) => {
        this.settled.push('offset' in result ? `${name} ${String(result.offset)}` : `${name} lost`)
      },
    }
  }
}

function writing(fates: readonly (AppendFate | undefined)[] = []) {
  const clock = new VirtualClock()
  const cluster = memoryCluster({ clock, topics, latencyMs: 5 })
  const requests: string[][] = []
  const log = cluster.connect({
    interfere: (batch) => {
      requests.push(
        batch.map(({ partition, records }) => `${String(partition)}: ${String(records.length)}`),
      )
      return fates[requests.length - 1]
    },
  })
  const writer = new Writer(log, clock)
  const source = new Source()
  writer.add(source)
  return { clock, writer, source, requests }
}

test('one request is in flight, and what comes meanwhile goes into the next', async () => {
  const { clock, writer, source, requests } = writing()
  source.add('one')
  writer.wake()
  await clock.advance(1)
  source.add('two')
  writer.wake()
  source.add('three')
  source.add('four', 1)
  writer.wake()
  await clock.advance(3)
  expect(requests).toEqual([['0: 1']])
  await clock.advance(20)
  expect(requests).toEqual([['0: 1'], ['0: 2', '1: 1']])
  expect(source.settled).toEqual(['one 0', 'two 1', 'three 2', 'four 0'])
})

test('what is queued in the same breath shares a request, from every source', async () => {
  const { clock, writer, source, requests } = writing()
  const other = new Source()
  writer.add(other)
  writer.wake()
  source.add('one')
  other.add('two')
  await clock.advance(10)
  expect(requests).toEqual([['0: 2']])
  expect([...source.settled, ...other.settled]).toEqual(['one 0', 'two 1'])
})

test('records that a partition has no room for wait for the next request', async () => {
  const { clock, writer, source, requests } = writing()
  const big = 'x'.repeat(partitionBytesPerRequest - 10)
  source.add(big)
  source.add('other', 1)
  source.add('small'.repeat(3))
  writer.wake()
  await clock.advance(40)
  expect(requests).toEqual([['0: 1', '1: 1'], ['0: 1']])
})

test('a failed request says nothing, and the next one waits a little longer each time', async () => {
  const lost: AppendFate = { appendAfterMs: null, settleAfterMs: 1, settle: 'fail' }
  const { clock, writer, source, requests } = writing([lost, lost])
  source.add('one')
  source.add('two')
  writer.wake()
  await clock.advance(2)
  expect(source.settled).toEqual(['one lost', 'two lost'])
  source.add('one')
  writer.wake()
  await clock.advance(18)
  expect(requests).toHaveLength(1)
  await clock.advance(2)
  expect(requests).toHaveLength(2)
  source.add('one')
  writer.wake()
  await clock.advance(39)
  expect(requests).toHaveLength(2)
  await clock.advance(12)
  expect(source.settled).toEqual(['one lost', 'two lost', 'one lost', 'one 0'])
})

test('a writer that is closed sends nothing more', async () => {
  const { clock, writer, source, requests } = writing()
  writer.close()
  source.add('one')
  writer.wake()
  await clock.advance(10)
  expect(requests).toEqual([])
})
