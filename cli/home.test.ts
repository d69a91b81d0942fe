import { expect, test } from 'vitest'
import { commandIn, homeOf } from './home.ts'

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
