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

test('the last column is cut to the width of the terminal', () => {
  expect(table(['A', 'WHAT'], [['1', 'a long explanation']], 14)).toBe('A  WHAT\n1  a long exp…')
})
