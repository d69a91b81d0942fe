import { expect, test } from 'vitest'

import { propertiesText, serverProperties } from './server-properties.ts'

test('a node listens on this machine only and says so', () => {
  const text = serverProperties({ port: 1234, controllerPort: 5678, dataDirectory: '/d' })
  expect(text).toContain('listeners=PLAINTEXT://127.0.0.1:1234,CONTROLLER://127.0.0.1:5678\n')
  expect(text).toContain('advertised.listeners=PLAINTEXT://127.0.0.1:1234\n')
  expect(text).toContain('controller.quorum.voters=1@127.0.0.1:5678\n')
  expect(text).toContain('log.dirs=/d\n')
  expect(text).not.toContain('0.0.0.0')
})

test('topics are never created by themselves and lose nothing to time', () => {
  const text = serverProperties({ port: 1, controllerPort: 2, dataDirectory: '/d' })
  expect(text).toContain('auto.create.topics.enable=false\n')
  expect(text).toContain('log.retention.ms=-1\n')
})

test('a backslash in a value survives the format', () => {
  expect(propertiesText({ 'log.dirs': 'C:\\data' })).toBe('log.dirs=C:\\\\data\n')
})
