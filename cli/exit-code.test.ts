import { expect, test } from 'vitest'
import { LogError, StoaError, TerminalError, UsageError } from '../runtime/errors.ts'
import { InputError } from '../services/review/input-error.ts'
import { CommandError, exitCodeOf, lineOf } from './exit-code.ts'

test.each([
  [new CommandError('--node is a number', { code: 'USAGE' }), 2],
  [new UsageError('KAFKA_SSL is no flag', { code: 'CONFIGURATION_INVALID' }), 2],
  [new InputError('there is no lock', { code: 'LOCKFILE_NOT_FOUND' }), 3],
  [new UsageError('no such run', { code: 'RUN_NOT_FOUND' }), 3],
  [new LogError('no broker answers', { code: 'LOG_UNAVAILABLE' }), 6],
  [new LogError('no registry answers', { code: 'REGISTRY_UNAVAILABLE' }), 6],
  [new StoaError('no Java', { code: 'BACKEND_IMPOSSIBLE' }), 6],
  [new UsageError('4 and 8', { code: 'TOPIC_MISMATCH' }), 1],
  [new Error('a bug'), 1],
  ['thrown text', 1],
])('%s ends with its exit code', (error, exitCode) => {
  expect(exitCodeOf(error)).toBe(exitCode)
})

test('an error of a run is told apart by its code, whatever its class', () => {
  const error = new TerminalError('there is no lock', { code: 'LOCKFILE_NOT_FOUND' })
  expect(exitCodeOf(error)).toBe(3)
})

test('a message of several lines becomes one, with the code at its end', () => {
  const error = new UsageError('the environment is wrong:\n  A is not set\n  B is no URL', {
    code: 'CONFIGURATION_INVALID',
  })
  expect(lineOf(error)).toBe(
    'the environment is wrong: A is not set; B is no URL [CONFIGURATION_INVALID]',
  )
  expect(lineOf(new Error('plain'))).toBe('plain')
})
