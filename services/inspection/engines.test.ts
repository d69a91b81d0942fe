import { expect, test } from 'vitest'
import { checkEngines } from './engines.ts'

test.each([
  ['>=18', true],
  ['^24.3.0', true],
  ['24.11.1', true],
  ['>=24.99', true],
  ['^20 || >=22', true],
  ['*', true],
  ['', true],
  [' >= 0.8.0 ', true],
  ['18 - 26', true],
  ['>=24 <24.1', true],
  ['<24', false],
  ['<=12', false],
  ['^18 || ^20', false],
  ['23.x', false],
  ['>=25', false],
])('node %j on Node.js 24: %s', (node, ok) => {
  expect(checkEngines({ node }, 24)).toEqual({ ok, problems: [] })
})

test('nothing declared is no obstacle', () => {
  expect(checkEngines(null, 24).ok).toBe(true)
  expect(checkEngines({ npm: '>=99' }, 24).ok).toBe(true)
})

test('what is no range is a problem and no obstacle', () => {
  expect(checkEngines({ node: 'the latest' }, 24)).toEqual({
    ok: true,
    problems: [{ code: 'ENGINES_INVALID', detail: 'node the latest' }],
  })
})
