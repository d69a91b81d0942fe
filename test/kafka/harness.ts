/** The conformance harness over a real broker. */

import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { LogHarness } from '../../runtime/log/conformance.ts'
import { kafkaTopicAdmin } from '../../runtime/log/kafka/admin.ts'
import { kafkaLog } from '../../runtime/log/kafka/kafka-log.ts'
import type { Log } from '../../runtime/log/port.ts'
import { outsider } from './outsider.ts'
import { Proxy } from './wires.ts'

const patienceMs = 20_000

export async function openKafka(brokers: string): Promise<LogHarness> {
  const proxy = await Proxy.open(brokers)
  const numbers = new Map<Log, number>()
  const options = { brokers: [brokers], clientId: 'conformance' }
  const topicAdmin = kafkaTopicAdmin(options)
  const kafka = outsider(options.brokers)
  const admin = kafka.admin()
  await admin.connect()

  /** The broker answers a commit before it has written the marker, which is the hole. */
  async function markerWritten(topic: string, partition: number): Promise<void> {
    const log = kafkaLog(options)
    for (let isHole = false; !isHole;) {
      const { high } = await log.offsets(topic, partition)
      isHole = true
      for await (const _ of log.read({ topic, partition, from: high - 1n, to: high }))
        isHole = false
      await sleep(10)
    }
    await log.close()
  }

  return {
    sessionTimeoutMs: 2_000,
    connect: () => {
      const { number, socketFactory } = proxy.wire()
      const log = kafkaLog({ ...options, socketFactory })
      numbers.set(log, number)
      return log
    },
    createTopic: async (partitions, config = {}) => {
      const name = `conformance-${randomUUID()}`
      await topicAdmin.create([{ name, partitions, replicationFactor: 1, config }])
      return name
    },
    until: async (what, isSo) => {
      const end = performance.now() + patienceMs
      while (!(await isSo())) {
        if (performance.now() > end) throw new Error(`it never came that ${what}`)
        await sleep(10)
      }
    },
    settle: () => sleep(400),
    crash: (log) => void proxy.cut(numbers.get(log) ?? -1),
    silence: (log) => proxy.cut(numbers.get(log) ?? -1),
    loseAnswers: (log) => proxy.loseAnswers(numbers.get(log) ?? -1),
    appendWithHole: async (topic, partition, value) => {
      const producer = kafka.producer({
        transactionalId: randomUUID(),
        idempotent: true,
        maxInFlightRequests: 1,
      })
      await producer.connect()
      const transaction = await producer.transaction()
      await transaction.send({ topic, messages: [{ partition, value }] })
      await transaction.commit()
      await producer.disconnect()
      await markerWritten(topic, partition)
    },
    groups: async () => (await admin.listGroups()).groups.map(({ groupId }) => groupId),
    close: async () => {
      proxy.close()
      await Promise.all([topicAdmin.close(), admin.disconnect()])
      await Promise.all([...numbers.keys()].map((log) => log.close()))
    },
  }
}
