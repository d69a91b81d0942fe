import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryProject } from '../../test/fixtures/project.ts'
import { lastWords } from './service-log.ts'

async function logOf(...lines: readonly (string | object)[]): Promise<string> {
  const path = join(await temporaryProject({}), 'review.log')
  const texts = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line)))
  writeFileSync(path, `${texts.join('\n')}\n`)
  return path
}

test('the latest error is what a service has to say', async () => {
  const path = await logOf(
    { level: 50, msg: 'an older error' },
    { level: 50, msg: 'service could not start', error: { message: 'topic x does not exist' } },
    { level: 30, msg: 'service stopped' },
  )
  expect(lastWords(path, 0)).toBe('service could not start: topic x does not exist')
})

test('without an error it is the last lines, whatever they are', async () => {
  const path = await logOf(
    'SyntaxError: Unexpected token',
    '    at \u001b[31mmain.ts:1',
    'Node.js v24',
  )
  expect(lastWords(path, 0)).toBe('SyntaxError: Unexpected token | at main.ts:1 | Node.js v24')
})

test('what was printed by an earlier process is left out', async () => {
  const path = await logOf({ level: 50, msg: 'an older error' })
  expect(lastWords(path, 1_000)).toBe('it printed nothing')
  expect(lastWords('/nowhere/review.log', 0)).toBe('it printed nothing')
})
