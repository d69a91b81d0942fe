import { expect, test } from 'vitest'

import { propertiesText, serverProperties } from './server-properties.ts'

const node = { port: 1234, controllerPort: 5678, dataDirectory: '/d', killed: false }

test('a node listens on this machine only and says so', () => {
  const text = serverProperties(node)
  expect(text).toContain('listeners=PLAINTEXT://127.0.0.1:1234,CONTROLLER://127.0.0.1:5678\n')
  expect(text).toContain('advertised.listeners=PLAINTEXT://127.0.0.1:1234\n')
  expect(text).toContain('controller.quorum.voters=1@127.0.0.1:5678\n')
  expect(text).toContain('log.dirs=/d\n')
  expect(text).not.toContain('0.0.0.0')
})

test('topics are never created by themselves and lose nothing to time', () => {
  const text = serverProperties(node)
  expect(text).toContain('auto.create.topics.enable=false\n')
  expect(text).toContain('log.retention.ms=-1\n')
})

test('a broker that was killed waits less long for its old session', () => {
  expect(serverProperties(node)).toContain('broker.session.timeout.ms=9000\n')
  expect(serverProperties({ ...node, killed: true })).toContain('broker.session.timeout.ms=3000\n')
})

test('a backslash in a value survives the format', () => {
  expect(propertiesText({ 'log.dirs': 'C:\\data' })).toBe('log.dirs=C:\\\\data\n')
})
