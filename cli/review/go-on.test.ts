import { expect, test } from 'vitest'
import { LogError, TerminalError } from '../../runtime/errors.ts'
import { lineOf } from '../exit-code.ts'
import { commandToGoOn, withGoingOn } from './go-on.ts'
import { Options } from './request.ts'

const asGiven = { node: '24', failOn: 'high', serve: true, output: 'text' }

test('the command is the one that was given, with the id', () => {
  expect(commandToGoOn('./stoa', '.', Options.parse(asGiven), 'shop-1')).toBe(
    './stoa review . --id shop-1',
  )
  const given = { out: "b's", policy: 'p.json', node: '22', failOn: 'low', serve: false }
  expect(
    commandToGoOn('npx stoa', '../shop', Options.parse({ ...asGiven, ...given }), 'shop-1'),
  ).toBe(
    `npx stoa review ../shop --out 'b'\\''s' --policy p.json --node 22 --fail-on low --no-serve --id shop-1`,
  )
})

test('only what keeps the run from being seen is told with the command', () => {
  const lost = new LogError('no broker answers', { code: 'LOG_UNAVAILABLE' })
  expect(lineOf(withGoingOn(lost, 'shop-1', './stoa review . --id shop-1'))).toBe(
    'no broker answers; run shop-1 is kept, go on with `./stoa review . --id shop-1` [LOG_UNAVAILABLE]',
  )
  const failed = new TerminalError('it failed')
  expect(withGoingOn(failed, 'shop-1', './stoa')).toBe(failed)
})
