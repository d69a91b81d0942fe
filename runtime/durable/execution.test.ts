import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import type { TerminalError } from '../errors.ts'
import { completedStep, failedStep, received } from '../testing/entries.ts'
import { type Code, never, Stage } from '../testing/execution-stage.ts'
import { VirtualClock } from '../testing/virtual-clock.ts'
import { signal } from './definition.ts'

const approval = signal('approval', z.object({ granted: z.boolean() }))

describe('the order of outcomes', () => {
  const race: Code = (ctx) =>
    Promise.race([ctx.step('slow', never), ctx.step('fast', never), ctx.sleep('1 second')])

  test('is that of the journal, live', async () => {
    const stage = await new Stage(race).turn()
    await stage.decide(completedStep(1, 'fast', 'fast'), completedStep(0, 'slow', 'slow'))
    expect(stage.output).toBe('fast')
  })

  test('and in a replay, whatever has come since', async () => {
    const stage = await new Stage(
      race,
      { type: 'TimerSet', index: 2, name: 'sleep', dueAt: 1 },
      completedStep(1, 'fast', 'fast'),
      completedStep(0, 'slow', 'slow'),
    ).turn()
    expect(stage.output).toBe('fast')
    expect(stage.types).toEqual(['RunCompleted'])
  })

  test('of many branches is the same in a replay as it was live', async () => {
    const code: Code = async (ctx) => {
      const seen: string[] = []
      const branch = async (name: string) => {
        seen.push(await ctx.step(`${name} 1`, never<string>))
        seen.push(await ctx.step(`${name} 2`, never<string>))
      }
      await Promise.all([branch('x'), branch('y')])
      return seen
    }
    const journal = [
      completedStep(1, 'y 1', 'y1'),
      completedStep(0, 'x 1', 'x1'),
      completedStep(3, 'x 2', 'x2'),
      completedStep(2, 'y 2', 'y2'),
    ]
    const live = await new Stage(code).turn()
    await live.decide(...journal)
    const replayed = await new Stage(code, ...journal).turn()
    expect(live.output).toEqual(['y1', 'x1', 'x2', 'y2'])
    expect(replayed.output).toEqual(live.output)
  })

  test('time and randomness of the code are the same in every replay', async () => {
    const code: Code = async (ctx) => {
      const before = [ctx.now(), ctx.random(), ctx.uuid()]
      await ctx.step('read', never)
      return [...before, ctx.now(), ctx.random()]
    }
    const live = await new Stage(code).turn()
    await live.decide(completedStep(0, 'read', 1))
    const replayed = await new Stage(code, completedStep(0, 'read', 1)).turn()
    expect(replayed.output).toEqual(live.output)
  })
})

describe('a step', () => {
  test('is seen by the code as it was recorded, never as its body returned it', async () => {
    const date = new Date(0)
    const stage = await new Stage((ctx) =>
      ctx.step('read', () => ({ date, gone: undefined })),
    ).turn()
    expect(stage.emitted).toEqual([completedStep(0, 'read', { date: date.toISOString() })])
    await stage.decideAll()
    expect(stage.output).toEqual({ date: date.toISOString() })
  })

  test('is not run again when its outcome stands in the journal', async () => {
    let bodies = 0
    const code: Code = (ctx) => ctx.step('read', () => (bodies += 1))
    await new Stage(code, completedStep(0, 'read', 7)).turn()
    expect(bodies).toBe(0)
  })

  test('is tried again at the time that its failed attempt recorded', async () => {
    const attempts: number[] = []
    const code: Code = (ctx) =>
      ctx.step('read', ({ attempt }) => {
        attempts.push(attempt)
        if (attempt < 3) throw new Error('not yet')
        return attempt
      })
    const stage = new Stage(code, failedStep(0, 'read', 1, new VirtualClock().now() + 5_000))
    await stage.turn()
    await stage.clock.advance(4_999)
    expect(attempts).toEqual([])
    await stage.clock.advance(1)
    expect(attempts).toEqual([2])
    expect(stage.last).toMatchObject({ type: 'StepFailed', attempt: 2, index: 0 })
  })

  test('that failed for good rejects with what is recorded', async () => {
    const code: Code = (ctx) =>
      ctx.step('read', never).catch((error: unknown) => {
        const { name, code: errorCode } = error as TerminalError
        return [name, errorCode]
      })
    const stage = await new Stage(code, failedStep(0, 'read', 1, null)).turn()
    expect(stage.output).toEqual(['TerminalError', 'BROKEN'])
  })

  test('that exhausts its attempts parks the run with the cause', async () => {
    const code: Code = (ctx) =>
      ctx.step('read', () => Promise.reject(new Error('no disk')), { retry: { attempts: 1 } })
    const stage = await new Stage(code).turn()
    expect(stage.last).toMatchObject({ type: 'RunParked', error: { code: 'STEP_EXHAUSTED' } })
    expect(stage.last).toHaveProperty('error.message', expect.stringContaining('no disk'))
  })

  test('that exhausts its attempts is the last thing that happens to the run', async () => {
    const code: Code = async (ctx) => {
      await Promise.race([
        ctx.step('read', () => Promise.reject(new Error('no')), { retry: { attempts: 1 } }),
        ctx.sleep('1 s'),
      ])
      return 'the sleep was shorter'
    }
    const stage = await new Stage(code).turn()
    expect(stage.types).toEqual(['TimerSet', 'RunParked'])
    const [sleep, parking] = stage.emitted
    await stage.decide(sleep!, { type: 'TimerFired', index: 1 }, parking!)
    expect(stage.types).toEqual(['TimerSet', 'RunParked'])
  })

  test('that takes too long is a failed attempt', async () => {
    const stage = await new Stage((ctx) => ctx.step('read', never, { timeout: '5 s' })).turn()
    await stage.clock.advance('5 s')
    expect(stage.last).toMatchObject({ type: 'StepFailed', error: { code: 'TIMED_OUT' } })
  })
})

describe('code that differs from the journal', () => {
  test('parks the run, and says what is where', async () => {
    const stage = await new Stage(
      (ctx) => ctx.step('write', never),
      completedStep(0, 'read', 1),
    ).turn()
    expect(stage.last).toMatchObject({
      type: 'RunParked',
      error: {
        code: 'NONDETERMINISM',
        message:
          "run a does not match its journal: operation 0 is step 'read' in the journal (seq 2) and step 'write' in the code",
      },
    })
  })

  test('that ends before the journal does is parked', async () => {
    const stage = await new Stage(() => Promise.resolve(1), completedStep(0, 'read', 1)).turn()
    expect(stage.last).toHaveProperty(
      'error.message',
      expect.stringContaining('does not ask for it'),
    )
  })
})

describe('code that awaits what is not of its context', () => {
  test('is parked after a while, with the reason', async () => {
    const stage = await new Stage(() => never()).turn()
    await stage.clock.advance('9 s')
    expect(stage.emitted).toEqual([])
    await stage.clock.advance('1 s')
    expect(stage.last).toMatchObject({ type: 'RunParked', error: { code: 'FOREIGN_AWAIT' } })
  })

  test('may do so for a moment', async () => {
    const code: Code = async (ctx) => {
      await stageClock().yield()
      return ctx.step('read', () => 1)
    }
    const clock = new VirtualClock()
    const stageClock = () => clock
    const stage = await new Stage(code).turn()
    await clock.advance(0)
    await stage.decideAll()
    expect(stage.output).toBe(1)
  })
})

describe('signals', () => {
  test('that came before the wait are taken at once', async () => {
    const code: Code = async (ctx) => (await ctx.waitFor(approval)).granted
    const stage = await new Stage(code, received('m', 'approval', { granted: true })).turn()
    expect(stage.types).toEqual(['WaitStarted'])
    await stage.decideAll()
    expect(stage.output).toBe(true)
  })

  test('that do not come in time are undefined', async () => {
    const code: Code = async (ctx) => [await ctx.waitFor(approval, { timeout: '1 s' })]
    const stage = await new Stage(code).turn()
    await stage.decideAll()
    await stage.decide({ type: 'TimerFired', index: 0 })
    expect(stage.output).toEqual([null])
  })
})
