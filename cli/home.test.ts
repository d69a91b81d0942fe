import { expect, test } from 'vitest'
import { temporaryProject } from '../test/fixtures/project.ts'
import { commandIn, homeOf, withoutOwnBackend } from './home.ts'

test('STOA_HOME names the folder, from the current directory on', () => {
  expect(homeOf({ STOA_HOME: 'kept' }, '/project', '/stoa/cli')).toBe('/project/kept')
})

test('a checkout keeps everything in itself, compiled or not', () => {
  expect(homeOf({}, '/project', '/stoa/cli')).toBe('/stoa/.stoa')
  expect(homeOf({}, '/project', '/stoa/dist/cli')).toBe('/stoa/.stoa')
})

test('an installed package keeps everything with the user', () => {
  const here = '/project/node_modules/stoa/dist/cli'
  expect(homeOf({ XDG_STATE_HOME: '/home/ada/state' }, '/project', here)).toBe(
    '/home/ada/state/stoa',
  )
})

test('the command is called by where it is from the current folder', () => {
  expect(commandIn('/stoa', '/stoa/cli')).toBe('./stoa')
  expect(commandIn('/stoa/docs', '/stoa/dist/cli')).toBe('../stoa')
  expect(commandIn('/project', '/project/node_modules/stoa/cli')).toBe('npx stoa')
})

test('a shell that names the local Kafka names no other one', async () => {
  const address = { brokers: '127.0.0.1:20001', registryUrl: 'http://127.0.0.1:20002' }
  const home = await temporaryProject({ 'address.json': address })
  const own = {
    KAFKA_BROKERS: address.brokers,
    SCHEMA_REGISTRY_URL: address.registryUrl,
    STOA_LOG_LEVEL: 'warn',
  }
  expect(withoutOwnBackend(own, home)).toEqual({ STOA_LOG_LEVEL: 'warn' })
  const other = { ...own, KAFKA_BROKERS: '127.0.0.1:9092' }
  expect(withoutOwnBackend(other, home)).toBe(other)
})
