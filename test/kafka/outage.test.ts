/** A broker that goes away and comes back: nothing that was acknowledged is lost, nothing hangs. */

import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Backend, startBackend } from '../../deploy/local/backend.ts'
import { findJava } from '../../deploy/local/java.ts'
import { append, read, text } from '../../runtime/log/conformance/harness.ts'
import { kafkaTopicAdmin } from '../../runtime/log/kafka/admin.ts'
import { kafkaLog } from '../../runtime/log/kafka/kafka-log.ts'
import type { Ownership } from '../../runtime/log/port.ts'

const java = await findJava(process.env)
let backend: Backend | undefined

beforeAll(async () => {
  if (java === undefined) return
  const directory = join(import.meta.dirname, '../../.stoa')
  // Not the one that the environment may name: this one is killed.
  const env = { ...process.env, KAFKA_BROKERS: undefined, SCHEMA_REGISTRY_URL: undefined }
  backend = await startBackend({ directory, fresh: true, only: 'processes', env })
}, 120_000)
afterAll(async () => {
  await backend?.stop()
})

test.skipIf(java === undefined)(
  'a member, a follower, a reader and a writer go on after the broker was killed and started',
  { timeout: 120_000 },
  async () => {
    const options = { brokers: [backend?.brokers ?? ''], clientId: 'outage' }
    const admin = kafkaTopicAdmin(options)
    const topic = 'outage'
    await admin.create([{ name: topic, partitions: 3, replicationFactor: 1, config: {} }])
    const log = kafkaLog(options)

    const owned: string[] = []
    const followed: string[] = []
    const assignments: (readonly number[])[] = []
    const ownership: Ownership = await log.own({
      group: 'outage',
      topic,
      sessionTimeoutMs: 10_000,
      listener: {
        onAssigned: (partitions) => {
          const isFirst = assignments.push(partitions) === 1
          if (isFirst) for (const partition of partitions) ownership.seek(partition, 0n)
        },
        onRecords: (_, records) => {
          owned.push(...records.map(text))
        },
      },
    })
    await log.follow({
      topic,
      onRecords: (_, records) => {
        followed.push(...records.map(text))
      },
    })
    const acknowledged: string[] = []
    const refused: string[] = []
    const isWriting = { now: true }
    const writing = (async () => {
      for (let i = 0; isWriting.now; i += 1) {
        try {
          await append(log, topic, i % 3, `${i}`)
          acknowledged.push(`${i}`)
        } catch (error) {
          refused.push(`${i}`)
          expect(error).toMatchObject({ code: 'LOG_UNAVAILABLE' })
        }
        await sleep(5)
      }
    })()

    await until(() => acknowledged.length > 50 && owned.length > 50)
    await backend?.processes?.broker.kill()
    await sleep(1_000)
    await backend?.processes?.broker.start()
    const atRestart = acknowledged.length
    await until(() => acknowledged.length > atRestart + 50)
    isWriting.now = false
    await writing

    const values: string[] = []
    for (const partition of [0, 1, 2]) {
      const { high } = await log.offsets(topic, partition)
      values.push(...(await read(log, topic, partition, 0n, high)).map(text))
    }
    await until(() => owned.length >= values.length)
    expect(values.toSorted()).toEqual([...new Set(values)].toSorted())
    expect(acknowledged.filter((value) => !values.includes(value))).toEqual([])
    expect(owned.toSorted()).toEqual(values.toSorted())
    expect(new Set(values)).toEqual(new Set(followed))
    expect(assignments.at(-1)).toEqual([0, 1, 2])
    await ownership.commit(0, { offset: 1n, metadata: 'after' })

    await ownership.leave()
    await Promise.all([log.close(), admin.close()])
  },
)

async function until(isSo: () => boolean): Promise<void> {
  const end = performance.now() + 60_000
  while (!isSo()) {
    if (performance.now() > end) throw new Error('it never came')
    await sleep(20)
  }
}
