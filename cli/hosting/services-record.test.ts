import { expect, test } from 'vitest'
import { temporaryProject } from '../../test/fixtures/project.ts'
import { readServices, removeServices, writeServices } from './services-record.ts'

test('a process that is not the recorded service, whatever its id, is not up', async () => {
  const home = await temporaryProject({})
  const service = { name: 'review', pid: process.pid, startedAt: 1, logFile: '/x' } as const
  writeServices(home, { brokers: 'a:1', registryUrl: 'http://a:2', services: [service] })
  expect(readServices(home)).toEqual({ brokers: 'a:1', registryUrl: 'http://a:2', services: [] })
})

test('a note that cannot be read is none', async () => {
  const home = await temporaryProject({ 'services.json': '{"brokers": 1' })
  expect(readServices(home)).toBeUndefined()
  removeServices(home)
  expect(readServices(home)).toBeUndefined()
})
