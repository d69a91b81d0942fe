import fc from 'fast-check'
import { expect, test } from 'vitest'
import { completedStep, entries, started } from '../testing/entries.ts'
import { History } from './history.ts'

const some = entries('a', [
  started({ directory: '.' }),
  ...Array.from({ length: 500 }, (_, n) => completedStep(n, `step ${String(n)}`, { n })),
])

function historyOf(list: typeof some) {
  const history = new History()
  for (const entry of list) history.append(entry)
  return history
}

test('entries come back in order, whatever chunks they were written to', () => {
  const history = historyOf(some)
  expect([...history.entries()]).toEqual(some)
  expect(history.count).toBe(501)
})

test('an entry larger than any chunk gets one of its own', () => {
  const large = entries('a', [started(), completedStep(0, 'read', 'x'.repeat(300_000))])
  expect([...historyOf(large).entries()]).toEqual(large)
})

test('a reader sees what was there when it began', () => {
  const history = historyOf(some.slice(0, 2))
  const reader = history.entries()
  expect(reader.next().value).toEqual(some[0])
  history.append(some[2]!)
  expect([...reader]).toEqual([some[1]])
})

test('its bytes make the same history again, and may be appended to', () => {
  const history = historyOf(some.slice(0, 400))
  const again = History.fromBytes(history.toBytes(), history.count)
  again.append(some[400]!)
  expect([...again.entries()]).toEqual(some.slice(0, 401))
  expect(again.bytes).toBe(again.toBytes().byteLength)
})

test('a compacted history has its bytes in one buffer, goes on, and comes back', () => {
  const history = historyOf(some.slice(0, 100))
  const reader = history.entries()
  reader.next()
  history.compact()
  for (const entry of some.slice(100)) history.append(entry)
  expect([...history.entries()]).toEqual(some)
  expect(history.bytes).toBe(history.toBytes().length)
  expect([...reader]).toEqual(some.slice(1, 100))
})

test('it is the same however long its entries are and whenever it is compacted', () => {
  const additions = fc.array(fc.tuple(fc.nat(1_500), fc.boolean()), { maxLength: 12 })
  fc.assert(
    fc.property(additions, (added) => {
      const list = entries(
        'ä',
        added.map(([size], n) => completedStep(n, 'ü', 'ß'.repeat(size))),
      )
      const history = new History()
      added.forEach(([, isCompacted], n) => {
        history.append(list[n]!)
        if (isCompacted) history.compact()
      })
      expect([...history.entries()]).toEqual(list)
      expect([history.count, history.bytes]).toEqual([list.length, history.toBytes().length])
    }),
  )
})
