import { expect, test } from 'vitest'
import { defaultPolicy } from './default-policy.ts'
import { judgeLicense } from './license-policy.ts'

const lists = {
  allowed: ['MIT', 'ISC', 'Apache-2.0'],
  review: ['MPL-2.0', 'LGPL-*'],
  denied: ['GPL-*'],
}

test.each([
  ['MIT', 'allowed'],
  ['MPL-2.0', 'review'],
  ['LGPL-3.0-only', 'review'],
  ['GPL-3.0-only', 'denied'],
  ['Zlib', 'unlisted'],
  ['LicenseRef-ours', 'unlisted'],
  // one may choose
  ['GPL-3.0-only OR MIT', 'allowed'],
  ['GPL-3.0-only OR MPL-2.0', 'review'],
  ['(GPL-2.0-only OR GPL-3.0-only)', 'denied'],
  ['GPL-3.0-only OR Zlib', 'unlisted'],
  // all apply
  ['MIT AND ISC', 'allowed'],
  ['MIT AND MPL-2.0', 'review'],
  ['MIT AND GPL-3.0-only', 'denied'],
  ['MIT AND Zlib', 'unlisted'],
  // both
  ['MIT AND (GPL-3.0-only OR ISC)', 'allowed'],
  ['MIT OR ISC AND GPL-3.0-only', 'allowed'],
  ['(MIT OR ISC) AND GPL-3.0-only', 'denied'],
  // "or later" and exceptions
  ['Apache-2.0+', 'allowed'],
  ['GPL-2.0+', 'denied'],
  ['GPL-2.0-only WITH Classpath-exception-2.0', 'denied'],
] as const)('%s is %s', (expression, ruling) => {
  expect(judgeLicense(expression, lists).ruling).toBe(ruling)
})

test('an exception may be listed, with its licence', () => {
  const withException = { ...lists, allowed: ['GPL-2.0-only WITH Classpath-exception-2.0'] }
  expect(judgeLicense('GPL-2.0-only WITH Classpath-exception-2.0', withException).ruling).toBe(
    'allowed',
  )
  expect(judgeLicense('GPL-2.0-only', withException).ruling).toBe('denied')
})

test('an exact entry wins over a family, and of equal ones the stricter', () => {
  expect(judgeLicense('GPL-2.0-only', { ...lists, allowed: ['GPL-2.0-only'] }).ruling).toBe(
    'allowed',
  )
  expect(judgeLicense('MIT', { ...lists, denied: ['MIT'] }).ruling).toBe('denied')
  expect(judgeLicense('MIT', { ...lists, review: ['MIT'] }).ruling).toBe('review')
})

test.each([
  ['GPL-2.0', 'GPL-2.0-only'],
  ['GPL-2.0-only', 'GPL-2.0'],
  ['GPL-2.0+', 'GPL-2.0-or-later'],
  ['GPL-2.0-or-later', 'GPL-2.0+'],
])('%s is listed when its other spelling %s is', (expression, listed) => {
  expect(judgeLicense(expression, { ...lists, allowed: [listed] }).ruling).toBe('allowed')
})

test('"only" and "or later" are two licences', () => {
  const exact = { allowed: ['GPL-2.0-or-later'], review: [], denied: [] }
  expect(judgeLicense('GPL-2.0-only', exact).ruling).toBe('unlisted')
  expect(judgeLicense('LGPL-2.0-or-later', exact).ruling).toBe('unlisted')
})

test('the licences that decide are named', () => {
  expect(judgeLicense('MIT AND (GPL-2.0-only AND GPL-3.0-only)', lists).because).toEqual([
    'GPL-2.0-only',
    'GPL-3.0-only',
  ])
})

test.each([
  ['MIT', 'allowed'],
  ['AGPL-3.0-or-later', 'denied'],
  ['SSPL-1.0', 'denied'],
  ['CC-BY-NC-SA-4.0', 'denied'],
  ['UNLICENSED', 'denied'],
  ['MPL-2.0', 'review'],
  ['EUPL-1.2', 'review'],
  ['Beerware', 'unlisted'],
] as const)('the default policy: %s is %s', (expression, ruling) => {
  expect(judgeLicense(expression, defaultPolicy.licenses).ruling).toBe(ruling)
})
