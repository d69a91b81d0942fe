import { setTimeout as pass } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { VirtualClock } from './virtual-clock.ts'

test('events happen by time, and then in the order in which they were asked for', async () => {
  const clock = new VirtualClock(0)
  const happened: string[] = []
  const at = (ms: number, name: string) =>
    clock.after(ms, () => happened.push(`${name} ${String(clock.now())}`))
  at(20, 'late')
  at(10, 'first')
  at(10, 'second')
  at(15, 'cancelled')()
  await clock.advance(19)
  expect(happened).toEqual(['first 10', 'second 10'])
  await clock.advance('1 s')
  expect(happened.at(-1)).toBe('late 20')
  expect(clock.now()).toBe(1_019)
})

test('every microtask runs before the next event', async () => {
  const clock = new VirtualClock(0)
  const happened: string[] = []
  clock.after(1, () => {
    void Promise.resolve()
      .then(() => undefined)
      .then(() => happened.push('consequence'))
  })
  clock.after(1, () => happened.push('next'))
  await clock.advance(1)
  expect(happened).toEqual(['consequence', 'next'])
})

test('a fraction of a millisecond is a whole one', async () => {
  const clock = new VirtualClock(0)
  clock.after(0.3, () => undefined)
  await clock.step()
  expect(clock.now()).toBe(1)
})

test('no time passes while something of the real world is held', async () => {
  const clock = new VirtualClock(0)
  const happened: string[] = []
  clock.hold(
    pass(20).then(() => {
      happened.push(`read at ${String(clock.now())}`)
      return clock.after(0, () => happened.push('decided'))
    }),
  )
  clock.after(5, () => happened.push('five'))
  await clock.advance(10)
  expect(happened).toEqual(['read at 0', 'decided', 'five'])
})
