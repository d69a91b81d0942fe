import { expect, test } from 'vitest'
import { beginWait, endWait, receiveSignal, type SignalBook } from './signals.ts'

const book = (): SignalBook<{ readonly name: string; readonly n: number }> => ({
  waits: [],
  signals: [],
})

test('waits take signals of their name in the order in which both came', () => {
  const open = book()
  expect(receiveSignal(open, { name: 'x', n: 1 })).toBeUndefined()
  expect(receiveSignal(open, { name: 'x', n: 2 })).toBeUndefined()
  expect(beginWait(open, { index: 0, name: 'y' })).toBeUndefined()
  expect(beginWait(open, { index: 1, name: 'x' })).toEqual({ name: 'x', n: 1 })
  expect(open).toEqual({ waits: [{ index: 0, name: 'y' }], signals: [{ name: 'x', n: 2 }] })
})

test('a signal goes to the first wait of its name', () => {
  const open = book()
  beginWait(open, { index: 0, name: 'x' })
  beginWait(open, { index: 1, name: 'x' })
  expect(receiveSignal(open, { name: 'x', n: 1 })).toEqual({ index: 0, name: 'x' })
  expect(open.waits).toEqual([{ index: 1, name: 'x' }])
})

test('a wait that has ended takes nothing', () => {
  const open = book()
  beginWait(open, { index: 0, name: 'x' })
  endWait(open, 0)
  expect(receiveSignal(open, { name: 'x', n: 1 })).toBeUndefined()
})
