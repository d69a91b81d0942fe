import { expect, test } from 'vitest'
import { guessExpression } from './license-guess.ts'

test.each([
  ['mit', 'MIT'],
  ['MIT License', 'MIT'],
  ['The MIT License', 'MIT'],
  ['MIT/X11', 'MIT'],
  ['http://opensource.org/licenses/MIT', 'MIT'],
  ['Apache 2', 'Apache-2.0'],
  ['Apache License, Version 2.0', 'Apache-2.0'],
  ['BSD', 'BSD-2-Clause'],
  ['New BSD', 'BSD-3-Clause'],
  ['GPL', 'GPL-3.0-or-later'],
  ['GPLv2', 'GPL-2.0'],
  ['unlicense', 'Unlicense'],
  ['MIT or Apache 2.0', 'MIT or Apache-2.0'],
  ['(MIT AND (BSD))', '(MIT AND (BSD-2-Clause))'],
])('%j most likely means %s', (declared, expression) => {
  expect(guessExpression(declared)).toBe(expression)
})

test.each([
  'UNLICENSED',
  'Unlicensed',
  'not MIT',
  'Non-GPL',
  'BSD-like',
  'MIT with restrictions',
  'MIT + Commons Clause',
  'MIT/GPL',
  'Dual MIT, GPL',
  'MIT, not for military use',
  'GPL OR what you like',
  'proprietary',
  'my own',
  '',
])('%j has no clear meaning', (declared) => expect(guessExpression(declared)).toBeNull())
