import { expect, test } from 'vitest'
import { parseSpdx } from './spdx.ts'

test.each([
  'MIT',
  '(MIT OR Apache-2.0)',
  'GPL-2.0+',
  'LicenseRef-ours',
  'GPL-2.0-only WITH Classpath-exception-2.0',
])('%s is an SPDX expression', (text) => expect(parseSpdx(text)).not.toBeNull())

test.each(['', 'mit', 'Apache 2.0', 'UNLICENSED', 'MIT AND', '!MIT', 'MIT\nOR ISC', 'MIT OR'])(
  '%j is not an SPDX expression',
  (text) => expect(parseSpdx(text)).toBeNull(),
)

test('AND binds closer than OR', () => {
  expect(parseSpdx('MIT OR ISC AND Zlib')).toEqual({
    left: { license: 'MIT' },
    conjunction: 'or',
    right: { left: { license: 'ISC' }, conjunction: 'and', right: { license: 'Zlib' } },
  })
})

test('an expression too long or too deep to be meant is refused, not parsed', () => {
  expect(parseSpdx(`${'('.repeat(100_000)}MIT${')'.repeat(100_000)}`)).toBeNull()
  expect(parseSpdx(Array.from({ length: 5000 }, () => 'MIT').join(' OR '))).toBeNull()
})
