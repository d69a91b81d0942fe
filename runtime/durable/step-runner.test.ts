import { expect, test } from 'vitest'
import { silentLogger } from '../logger.ts'
import { seededRandomness } from './seeded-random.ts'
import { StepRunner } from './step-runner.ts'

test('an attempt that is held while the clock is set back waits for its time again', () => {
  let now = 0
  let bodies = 0
  const timers: { readonly time: number; readonly callback: () => void }[] = []
  const held: (() => void)[] = []
  const nothing = () => undefined
  const runner = new StepRunner(
    {
      clock: { now: () => now, after: () => nothing, yield: () => Promise.resolve() },
      randomness: seededRandomness('test'),
      logger: silentLogger,
      sabotage: undefined,
      emit: nothing,
      admit: (_seq, begin) => held.push(begin),
      keepUp: nothing,
      at: (time, callback) => timers.push({ time, callback }),
      setBusy: nothing,
    },
    'a',
    { handed: () => 1, onActivity: nothing, onParked: nothing },
  )
  const run = () => {
    bodies += 1
  }
  const step = { kind: 'step', name: 'read', request: null, body: { run, options: {} } } as const
  const fire = () => {
    timers.shift()?.callback()
    held.shift()?.()
  }
  runner.retryAt({ ...step, index: 0, resolve: nothing, reject: nothing }, 2, 3_600_000)

  now = 3_600_000
  timers.shift()?.callback()
  now = 10
  held.shift()?.()
  expect(bodies).toBe(0)
  expect(timers).toMatchObject([{ time: 3_600_000 }])
  now = 3_600_000
  fire()
  expect(bodies).toBe(1)
})
