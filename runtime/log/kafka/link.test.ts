import { createServer } from 'node:net'
import { once } from 'node:events'
import protocol from 'kafkajs/src/protocol/requests/index.js'
import { expect, test } from 'vitest'
import { Link } from './link.ts'

test('a request that cannot be sent fails with the reason, and ends the link', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has a port')
  server.close()
  const options = { brokers: [], clientId: 'test' }
  const link = new Link(options, { host: '127.0.0.1', port: address.port }, false)
  const call = protocol.requests.Metadata.protocol({ version: 6 })({
    topics: [],
    allowAutoTopicCreation: false,
  })
  await expect(link.send(call)).rejects.toThrow('ECONNREFUSED')
  expect(link.isClosed).toBe(true)
})
