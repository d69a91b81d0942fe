import { expect, test } from 'vitest'
import { temporaryProject } from '../../test/fixtures/project.ts'
import type { Invocation } from '../invocation.ts'
import { terminalOn } from '../terminal/terminal.ts'
import { status } from './status.ts'

async function statusOf(variables: Readonly<Record<string, string>>) {
  let out = ''
  const terminal = terminalOn({ write: (text) => (out += text) }, { write: () => true }, {})
  const home = await temporaryProject({})
  const invocation: Invocation = {
    ...{ terminal, home, variables, cwd: home },
    claimInterrupts: () => new AbortController().signal,
  }
  const exitCode = await status(invocation, { output: 'text' })
  return { exitCode, states: out.split('\n').map((line) => line.split(/ +/).slice(0, 2)) }
}

test('nothing that is named answers: broker and registry are silent', async () => {
  const given = { KAFKA_BROKERS: '127.0.0.1:1', SCHEMA_REGISTRY_URL: 'http://127.0.0.1:2' }
  const { exitCode, states } = await statusOf(given)
  expect(exitCode).toBe(1)
  expect(states.slice(1, 4)).toEqual([
    ['broker', 'silent'],
    ['registry', 'silent'],
    ['review', 'down'],
  ])
})

test('nothing was started: all is down', async () => {
  const { exitCode, states } = await statusOf({})
  expect(exitCode).toBe(1)
  expect(states.slice(1, -1).map(([, state]) => state)).toEqual(Array(5).fill('down'))
})
