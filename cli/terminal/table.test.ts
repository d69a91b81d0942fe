import { expect, test } from 'vitest'
import { table } from './table.ts'

test('columns are as wide as what is in them, and no line ends in blanks', () => {
  expect(
    table(
      ['NAME', 'STATE', ''],
      [
        ['a', 'up', ''],
        ['longer', 'down', 'why'],
      ],
    ),
  ).toBe('NAME    STATE\na       up\nlonger  down   why')
})

test('colours take no room', () => {
  expect(
    table(
      [],
      [
        ['\u001b[31mred\u001b[39m', 'x'],
        ['black', 'y'],
      ],
    ),
  ).toBe('\u001b[31mred\u001b[39m    x\nblack  y')
})

test('the last column is cut to the width of the terminal, as long as it says something', () => {
  const text = 'a long explanation of what was found, and of what a person can do about it'
  const [, wide] = table(['A', 'WHAT'], [['1', text]], 60).split('\n')
  expect(wide).toBe(`1  ${text.slice(0, 56)}…`)
  const [, narrow] = table(['A', 'WHAT'], [['1', text]], 20).split('\n')
  expect(narrow).toBe(`1  ${text.slice(0, 39)}…`)
})
