import { describe, expect, test } from 'vitest'
import type { Clock } from '../clock.ts'
import { logConformance, type LogHarness } from './conformance.ts'
import { type AppendFate, memoryCluster, type MemoryLog } from './memory.ts'
import type { Log, TopicPlan } from './port.ts'
import { VirtualClock } from '../testing/virtual-clock.ts'

logConformance('the log in memory, without latency', () => openMemory(0))
logConformance('the log in memory, with latency', () => openMemory(3))

describe('the fate of an append', () => {
  const landed = { appendAfterMs: 5, settleAfterMs: 10 }

  async function appendWith(fate: AppendFate) {
    const clock = new VirtualClock()
    const cluster = memoryCluster({ clock, topics: [plan('t', 2)] })
    const fates = [fate]
    const log = cluster.connect({ interfere: () => fates.shift() })
    const state = { settled: 'never' }
    const batch = [0, 1].map((partition) => ({
      topic: 't',
      partition,
      records: [{ key: null, value: Buffer.from('a') }],
    }))
    log.append(batch).then(
      (offsets) => (state.settled = offsets.join()),
      (error: unknown) => (state.settled = String(error)),
    )
    const count = (partition: number) => cluster.dump('t', partition).length
    return { clock, cluster, log, state, count }
  }

  test('an acknowledged one has been written before', async () => {
    const { clock, state, count } = await appendWith({ ...landed, settle: 'ack' })
    await clock.advance(5)
    expect([state.settled, count(0), count(1)]).toEqual(['never', 1, 1])
    await clock.advance(5)
    expect(state.settled).toBe('0,0')
  })

  test('a failed one may land after its failure, or in part', async () => {
    const { clock, state, count } = await appendWith({
      appendAfterMs: 20,
      settleAfterMs: 10,
      settle: 'fail',
      landing: [1],
    })
    await clock.advance(10)
    expect(state.settled).toContain('may or may not be there')
    expect([count(0), count(1)]).toEqual([0, 0])
    await clock.advance(10)
    expect([count(0), count(1)]).toEqual([0, 1])
  })

  test('copies of an old request arrive late', async () => {
    const { clock, state, count } = await appendWith({ ...landed, settle: 'ack', copies: [50, 70] })
    await clock.advance(49)
    expect([state.settled, count(0)]).toEqual(['0,0', 1])
    await clock.advance(30)
    expect(count(0)).toBe(3)
  })

  test('one that is never written cannot be acknowledged', async () => {
    const { clock, state } = await appendWith({
      appendAfterMs: null,
      settleAfterMs: 1,
      settle: 'ack',
    })
    await clock.advance(1)
    expect(state.settled).toContain('RangeError')
  })

  test('what a killed process had sent still lands, and it hears nothing of it', async () => {
    const { clock, log, state, count } = await appendWith({ ...landed, settle: 'ack' })
    await clock.advance(0)
    log.kill()
    await clock.advance(1_000)
    expect([state.settled, count(0)]).toEqual(['never', 1])
  })

  test('a process that is cut off sends and hears once it is healed, having lost its session', async () => {
    const clock = new VirtualClock()
    const cluster = memoryCluster({ clock, topics: [plan('t', 2)] })
    const [one, other] = [cluster.connect(), cluster.connect()]
    const heard: Record<string, (readonly number[])[]> = { one: [], other: [] }
    const own = (name: string, log: Log) =>
      log.own({
        group: 'g',
        topic: 't',
        sessionTimeoutMs: 100,
        listener: {
          onAssigned: (partitions) => heard[name]?.push(partitions),
          onRecords: () => undefined,
        },
      })
    await own('one', one)
    await clock.advance(1)
    one.cut()
    const state = { settled: 'never' }
    void one
      .append([{ topic: 't', partition: 0, records: [{ key: null, value: Buffer.from('a') }] }])
      .then(() => (state.settled = 'acknowledged'))
    await own('other', other)
    await clock.advance(99)
    expect(heard).toEqual({ one: [[0, 1]], other: [] })
    await clock.advance(10)
    expect(heard).toEqual({ one: [[0, 1]], other: [[0, 1]] })
    expect([state.settled, cluster.dump('t', 0).length]).toEqual(['never', 0])

    one.heal()
    await clock.advance(1)
    expect(heard).toEqual({ one: [[0, 1], [], [1]], other: [[0, 1], [0]] })
    expect([state.settled, cluster.dump('t', 0).length]).toEqual(['acknowledged', 1])
  })
})

function plan(name: string, partitions: number, config: TopicPlan['config'] = {}): TopicPlan {
  return { name, partitions, replicationFactor: 1, config }
}

async function openMemory(latencyMs: number): Promise<LogHarness> {
  const { clock, stop } = runningClock()
  const cluster = memoryCluster({ clock, latencyMs })
  const logs = new Map<Log, { log: MemoryLog; fate?: AppendFate }>()
  let topics = 0

  return {
    sessionTimeoutMs: 1_000,
    connect: () => {
      const log: MemoryLog = cluster.connect({ interfere: () => logs.get(log)?.fate })
      logs.set(log, { log })
      return log
    },
    createTopic: async (partitions, config) => {
      topics += 1
      cluster.createTopics([plan(`topic-${topics}`, partitions, config)])
      return `topic-${topics}`
    },
    until: async (what, isSo) => {
      for (let i = 0; i < 10_000; i += 1) {
        if (await isSo()) return
        await new Promise((resolve) => setImmediate(resolve))
      }
      throw new Error(`it never came that ${what}`)
    },
    settle: () => new Promise((resolve) => clock.after(200, () => resolve())),
    crash: (log) => logs.get(log)?.log.kill(),
    silence: (log) => {
      logs.get(log)?.log.cut()
      return () => logs.get(log)?.log.heal()
    },
    loseAnswers: (log) => {
      const known = logs.get(log)
      if (known === undefined) throw new Error('the log is of another cluster')
      known.fate = { appendAfterMs: 1, settleAfterMs: 9, settle: 'fail' }
      return () => delete known.fate
    },
    appendWithHole: async (topic, partition, value) => {
      const records = [{ key: null, value: Buffer.from(value) }]
      await cluster.connect().append([{ topic, partition, records }])
      cluster.skip(topic, partition, 1)
    },
    groups: async () => [],
    close: async () => stop(),
  }
}

/** Virtual time that runs by itself, a millisecond for each turn of the event loop. */
function runningClock(): { readonly clock: Clock; readonly stop: () => void } {
  const clock = new VirtualClock()
  let isRunning = true
  const run = async () => {
    while (isRunning) await clock.advance(1)
  }
  void run()
  return { clock, stop: () => (isRunning = false) }
}
