import { expect, test } from 'vitest'
import type { Invocation } from './invocation.ts'
import { runProgram } from './program.ts'
import { terminalOn } from './terminal/terminal.ts'

async function stoa(...argv: readonly string[]) {
  let out = ''
  let err = ''
  const terminal = terminalOn(
    { write: (text) => (out += text) },
    { write: (text) => (err += text) },
    {},
  )
  const invocation: Invocation = {
    ...{ terminal, cwd: '/nowhere', home: '/nowhere/.stoa', variables: {} },
    claimInterrupts: () => new AbortController().signal,
  }
  const exitCode = await runProgram(argv, invocation)
  return { exitCode, out, err }
}

test('help begins with examples', async () => {
  const { exitCode, out, err } = await stoa('review', '--help')
  expect(exitCode).toBe(0)
  expect(err).toBe('')
  expect(out.indexOf('Examples:')).toBeLessThan(out.indexOf('Usage:'))
  expect(out).toContain('stoa review . --policy stoa.policy.json')
})

test.each([
  [['help'], []],
  [['help', 'review'], ['review']],
  [['help', 'review', '.'], ['review']],
  [['help', 'run'], ['run']],
  [
    ['help', 'run', 'list'],
    ['run', 'list'],
  ],
  [['help', '--help'], []],
])('%j prints what --help does', async (asked, command) => {
  expect(await stoa(...asked)).toEqual(await stoa(...command, '--help'))
})

test.each([
  [['revieww', '.'], "stoa: unknown command 'revieww': did you mean review? [USAGE]"],
  [['hlep'], "stoa: unknown command 'hlep': did you mean help? [USAGE]"],
  [['help', 'nope'], "stoa: unknown command 'nope' (see stoa --help) [USAGE]"],
  [['help', 'revie'], "stoa: unknown command 'revie': did you mean review? [USAGE]"],
  [['help', 'run', 'lsit'], "stoa: unknown command 'lsit': did you mean list? [USAGE]"],
  [['topics', 'plna'], "stoa: unknown command 'plna': did you mean plan? [USAGE]"],
  [
    ['review', '.', '--fail-no', 'low'],
    "stoa: unknown option '--fail-no': did you mean --fail-on? [USAGE]",
  ],
  [['review', '.', '--zzz'], "stoa: unknown option '--zzz' (see stoa review --help) [USAGE]"],
  [
    ['run', 'list'],
    "stoa: missing required argument 'definition' (see stoa run list --help) [USAGE]",
  ],
  [
    ['review', '.', '--fail-on', 'hihg'],
    "stoa: --fail-on is one of info, low, medium, high, critical, not 'hihg' [USAGE]",
  ],
  [
    ['review', '.', '--node', 'lts'],
    'stoa: --node is the major version of Node.js, such as 24 [USAGE]',
  ],
  [['status', '-o', 'yaml'], "stoa: --output is text or json, not 'yaml' [USAGE]"],
])('%j is a mistake, told in one line', async (argv, line) => {
  expect(await stoa(...argv)).toEqual({ exitCode: 2, out: '', err: `${line}\n` })
})

test('a project that is not there is told of before anything is started', async () => {
  const { exitCode, out, err } = await stoa('review', 'shop')
  expect({ exitCode, out }).toEqual({ exitCode: 3, out: '' })
  expect(err).toMatch(/^stoa: there is no directory \/nowhere\/shop .*\[DIRECTORY_NOT_FOUND\]\n$/)
})

test('without a command, help is printed as for a mistake', async () => {
  const { exitCode, out, err } = await stoa()
  expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' })
  expect(err).toContain('Usage: stoa <command> [options]')
})
