import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { LogError } from '../runtime/errors.ts'
import { advised } from './advice.ts'
import { localBackend } from './backend.ts'

const failure = new LogError('could not describe topics: connection refused', {
  code: 'LOG_UNAVAILABLE',
})

async function adviceAt(brokers: string, isLocal: boolean): Promise<string> {
  const backend = localBackend({ brokers, registryUrl: 'http://127.0.0.1:2' }, {})
  const error: unknown = await advised({ ...backend, isLocal }, () =>
    Promise.reject(failure),
  ).catch((reason: unknown) => reason)
  expect(error).toMatchObject({ code: 'LOG_UNAVAILABLE', cause: failure })
  return error instanceof Error ? error.message.replace(`${failure.message}; `, '') : ''
}

test('where no broker answers, one is to be started or named', async () => {
  expect(await adviceAt('127.0.0.1:1', true)).toBe(
    'the local Kafka at 127.0.0.1:1 does not answer: start it again by `stoa up`',
  )
  expect(await adviceAt('127.0.0.1:1', false)).toBe(
    'no broker answers at 127.0.0.1:1: check KAFKA_BROKERS, and that Kafka runs there',
  )
})

test('where one answers, trying again may help', async () => {
  const answer = Buffer.from([0, 0, 0, 4, 0, 0, 0, 7])
  const server = createServer((socket) => socket.once('data', () => socket.end(answer)))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  expect(await adviceAt(`127.0.0.1:${port}`, true)).toMatch(/^a broker answers .*: try again/)
})

test('any other error is passed on as it is', async () => {
  const backend = localBackend({ brokers: 'a:1', registryUrl: 'http://a:2' }, {})
  const other = new LogError('topic x does not exist', { code: 'TOPIC_UNKNOWN' })
  await expect(advised(backend, () => Promise.reject(other))).rejects.toBe(other)
})
