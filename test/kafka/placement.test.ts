/** Keys are placed where any other client of the cluster places them. */

import { randomUUID } from 'node:crypto'
import { expect, inject, test } from 'vitest'
import { kafkaTopicAdmin } from '../../runtime/log/kafka/admin.ts'
import { kafkaLog } from '../../runtime/log/kafka/kafka-log.ts'
import { partitionFor } from '../../runtime/log/murmur2.ts'
import { createPartitioner, outsider } from './outsider.ts'

test('a key goes to the partition that the default partitioner chose', async () => {
  const options = { brokers: [inject('brokers')], clientId: 'placement' }
  const admin = kafkaTopicAdmin(options)
  const topic = `placement-${randomUUID()}`
  await admin.create([{ name: topic, partitions: 7, replicationFactor: 1, config: {} }])
  const producer = outsider(options.brokers).producer({ createPartitioner })
  await producer.connect()
  const keys = Array.from({ length: 300 }, (_, index) => `run-${randomUUID()}-é-${index}`)
  await producer.send({ topic, messages: keys.map((key) => ({ key, value: '' })) })
  await producer.disconnect()

  const log = kafkaLog(options)
  const seen = new Set<string>()
  for (let partition = 0; partition < 7; partition += 1) {
    const { high } = await log.offsets(topic, partition)
    for await (const records of log.read({ topic, partition, from: 0n, to: high })) {
      for (const { key } of records) {
        const text = Buffer.from(key ?? []).toString()
        expect(partitionFor(text, 7)).toBe(partition)
        seen.add(text)
      }
    }
  }
  expect(seen).toEqual(new Set(keys))
  await Promise.all([log.close(), admin.close()])
})
