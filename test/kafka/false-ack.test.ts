/** The trap that the producer is built around, and that it is not caught in it. */

import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { append, read, text } from '../../runtime/log/conformance/harness.ts'
import { kafkaTopicAdmin } from '../../runtime/log/kafka/admin.ts'
import { kafkaLog } from '../../runtime/log/kafka/kafka-log.ts'
import { createPartitioner, outsider } from './outsider.ts'
import { Proxy } from './wires.ts'

const options = { brokers: [inject('brokers')], clientId: 'false-ack' }
const admin = kafkaTopicAdmin(options)
const reader = kafkaLog(options)
let proxy: Proxy

beforeAll(async () => {
  proxy = await Proxy.open(inject('brokers'))
})
afterAll(async () => {
  proxy.close()
  await Promise.all([admin.close(), reader.close()])
})

async function values(topic: string): Promise<string[]> {
  const { high } = await reader.offsets(topic, 0)
  return (await read(reader, topic, 0, 0n, high)).map(text)
}

async function freshTopic(): Promise<string> {
  const name = `false-ack-${randomUUID()}`
  await admin.create([{ name, partitions: 1, replicationFactor: 1, config: {} }])
  return name
}

test('the producer of the client library acknowledges, after a lost answer, what it never writes', async () => {
  const topic = await freshTopic()
  const { number, socketFactory } = proxy.wire()
  const producer = outsider(options.brokers, { socketFactory }).producer({
    idempotent: true,
    maxInFlightRequests: 1,
    retry: { retries: 1, initialRetryTime: 30, maxRetryTime: 100 },
    createPartitioner,
  })
  await producer.connect()
  const send = (value: string) => producer.send({ topic, messages: [{ partition: 0, value }] })
  await send('first')

  const recover = proxy.loseAnswers(number)
  await expect(send('lost')).rejects.toThrow()
  recover()
  const acknowledged = await send('acknowledged').catch(() => send('acknowledged'))

  expect(acknowledged[0]?.baseOffset).toBe('1')
  expect(await values(topic)).toEqual(['first', 'lost'])
  await producer.disconnect()
})

test('ours sends again within the append, and the record is there once, at the offset it returns', async () => {
  const topic = await freshTopic()
  const { number, socketFactory } = proxy.wire()
  const log = kafkaLog({ ...options, socketFactory })
  await append(log, topic, 0, 'first')

  const recover = proxy.loseAnswers(number)
  const appending = append(log, topic, 0, 'sent twice')
  await arrival(() => values(topic), 2)
  recover()
  expect(await appending).toBe(1n)
  expect(await append(log, topic, 0, 'next')).toBe(2n)
  expect(await values(topic)).toEqual(['first', 'sent twice', 'next'])
  await log.close()
})

test('once an append has failed for good, none after it is acknowledged in vain', async () => {
  const topic = await freshTopic()
  const { number, socketFactory } = proxy.wire()
  const log = kafkaLog({ ...options, socketFactory })
  await append(log, topic, 0, 'first')

  const recover = proxy.loseAnswers(number)
  await expect(append(log, topic, 0, 'lost')).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' })
  recover()
  expect(await append(log, topic, 0, 'acknowledged')).toBe(2n)
  expect(await values(topic)).toEqual(['first', 'lost', 'acknowledged'])
  await log.close()
})

/** Waits until the topic holds so many records. */
async function arrival(list: () => Promise<string[]>, count: number): Promise<void> {
  while ((await list()).length < count) await new Promise((resolve) => setTimeout(resolve, 20))
}
