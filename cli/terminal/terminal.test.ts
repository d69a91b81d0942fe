import { expect, test } from 'vitest'
import { hasColors, plain, terminalOn } from './terminal.ts'

function recorded(isTTY: boolean) {
  const written: string[] = []
  return { isTTY, columns: 20, written, write: (text: string) => written.push(text) }
}

test('a live line makes way for what is written, and comes back', () => {
  const err = recorded(true)
  const terminal = terminalOn(recorded(false), err, {})
  terminal.live('one')
  terminal.note('a note')
  terminal.live('')
  const erase = '\r\u001b[2K'
  expect(err.written).toEqual(['one', erase, 'a note\n', 'one', erase])
})

test('a live line never wraps', () => {
  const err = recorded(true)
  terminalOn(recorded(false), err, {}).live('x'.repeat(50))
  expect(err.written).toEqual(['x'.repeat(19)])
})

test('elsewhere than on a terminal there is no live line', () => {
  const err = recorded(false)
  terminalOn(recorded(false), err, {}).live('one')
  expect(err.written).toEqual([])
})

test.each([
  [true, {}, true],
  [false, {}, false],
  [true, { NO_COLOR: '1' }, false],
  [true, { NO_COLOR: '' }, true],
  [true, { TERM: 'dumb' }, false],
  [false, { FORCE_COLOR: '1' }, true],
  [true, { FORCE_COLOR: '0' }, false],
  [true, { FORCE_COLOR: '1', NO_COLOR: '1' }, false],
])('terminal %s with %j: colours %s', (isTTY, variables, expected) => {
  expect(hasColors(recorded(isTTY), variables)).toBe(expected)
})

test("strangers' text cannot steer a terminal", () => {
  expect(plain('\u001b[2Jleft\u0007\n  pad\u202e')).toBe('left\ufffd pad\ufffd')
})
