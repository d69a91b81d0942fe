/** The local backend as processes. It starts its own, beside the one that the other tests use. */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

import { SchemaRegistry, SchemaType } from '@kafkajs/confluent-schema-registry'
import { afterEach, describe, expect, test, vi } from 'vitest'

import {
  backendStatus,
  startBackend,
  stopBackend,
  type Backend,
  type BackendOptions,
} from '../../deploy/local/backend.ts'
import { isAlive } from '../../deploy/local/process.ts'
import { oldestJava } from '../../deploy/local/versions.ts'
import { findJava } from '../../deploy/local/java.ts'
import { outsider } from './outsider.ts'

const stoa = join(import.meta.dirname, '../../.stoa')
const java = await findJava(process.env)
const cleanups: (() => unknown)[] = []

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

describe.skipIf(java === undefined || java.major < oldestJava)('a backend of processes', () => {
  test('has its records and its schema ids after both processes were killed', async () => {
    const backend = await start({ directory: stoa, fresh: true })
    const { broker, registry } = backend.processes!
    await write(backend, 'before')
    const id = await register(backend, 'Before')

    await Promise.all([broker.kill(), registry.kill()])
    await Promise.all([broker.start(), registry.start()])

    expect(await register(backend, 'Before')).toBe(id)
    expect(await register(backend, 'After')).not.toBe(id)
    await write(backend, 'after')
    expect(await read(backend, 2)).toEqual(['before', 'after'])
  })

  test('is shared, ends with its last use unless detached, and keeps its data and its ports', async () => {
    const directory = emptyDirectory()
    const first = await start({ directory })
    const second = await start({ directory })
    expect(second.brokers).toBe(first.brokers)
    await write(second, 'kept')

    await first.stop()
    expect(await backendStatus(directory)).toMatchObject({ answers: true, detached: false })
    await second.stop()
    expect(await backendStatus(directory)).toBeUndefined()

    const third = await start({ directory, detached: true })
    expect(third).toMatchObject({ brokers: first.brokers, registryUrl: first.registryUrl })
    expect(await read(third, 1)).toEqual(['kept'])
    await third.stop()
    const status = await backendStatus(directory)
    expect(status).toMatchObject({ answers: true, detached: true, users: [] })

    expect(await stopBackend(directory)).toBe(true)
    expect(await backendStatus(directory)).toBeUndefined()
    expect(status!.pids.filter(isAlive)).toEqual([])
    expect(await stopBackend(directory)).toBe(false)
  })

  test('ends when the process that started it is killed', async () => {
    const module = pathToFileURL(join(import.meta.dirname, '../../deploy/local/backend.ts'))
    const options = { directory: stoa, fresh: true, only: 'processes' } satisfies BackendOptions
    const starter = spawn(
      process.execPath,
      [
        '--input-type=module',
        '--eval',
        `import { startBackend } from '${module.href}'
         const { processes } = await startBackend(${JSON.stringify(options)})
         console.log(processes.broker.pid + ' ' + processes.registry.pid)
         setInterval(() => {}, 1000)`,
      ],
      { stdio: ['ignore', 'pipe', 'inherit'], env: withoutGiven() },
    )
    const [line] = (await once(starter.stdout, 'data')) as [Buffer]
    const pids = line.toString().trim().split(' ').map(Number)
    expect(pids.filter(isAlive)).toHaveLength(2)

    starter.kill('SIGKILL')
    await vi.waitFor(() => expect(pids.filter(isAlive)).toEqual([]), { timeout: 15_000 })
  })
})

async function start(options: BackendOptions): Promise<Backend> {
  const backend = await startBackend({ ...options, only: 'processes', env: withoutGiven() })
  cleanups.push(() => (options.fresh === true ? backend.stop() : stopBackend(options.directory)))
  return backend
}

/** Shares nothing with other directories but the libraries. */
function emptyDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'stoa-backend-'))
  mkdirSync(join(stoa, 'lib'), { recursive: true })
  symlinkSync(join(stoa, 'lib'), join(directory, 'lib'))
  cleanups.push(() => {
    rmSync(directory, { recursive: true, force: true })
  })
  return directory
}

function withoutGiven(): NodeJS.ProcessEnv {
  const { KAFKA_BROKERS: _brokers, SCHEMA_REGISTRY_URL: _registryUrl, ...env } = process.env
  return env
}

async function register({ registryUrl: host }: Backend, name: string): Promise<number> {
  const schema = JSON.stringify({ type: 'record', name, namespace: 'test', fields: [] })
  const registry = new SchemaRegistry({ host })
  return (await registry.register({ type: SchemaType.AVRO, schema }, { subject: name })).id
}

function kafka({ brokers }: Backend) {
  return outsider([brokers], { retry: { retries: 20 } })
}

async function write(backend: Backend, value: string): Promise<void> {
  const admin = kafka(backend).admin()
  await admin.connect()
  await admin.createTopics({ topics: [{ topic: 'values', numPartitions: 1 }] })
  await admin.disconnect()
  const producer = kafka(backend).producer()
  await producer.connect()
  await producer.send({ topic: 'values', acks: -1, messages: [{ value }] })
  await producer.disconnect()
}

async function read(backend: Backend, count: number): Promise<readonly string[]> {
  const values: string[] = []
  const consumer = kafka(backend).consumer({ groupId: 'reader' })
  await consumer.connect()
  await consumer.subscribe({ topic: 'values', fromBeginning: true })
  await consumer.run({
    eachMessage: async ({ message }) => void values.push(String(message.value)),
  })
  await vi.waitFor(() => expect(values).toHaveLength(count), { timeout: 20_000 })
  await consumer.disconnect()
  return values
}
