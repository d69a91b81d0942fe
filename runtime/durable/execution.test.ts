import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import type { Entry, EntryBody } from '../../schemas/records.ts'
import { CancelledError, TerminalError } from '../errors.ts'
import { silentLogger } from '../logger.ts'
import {
  cancelled,
  completedStep,
  entries,
  entry,
  failedStep,
  json,
  received,
  reply,
  started,
} from '../testing/entries.ts'
import { VirtualClock } from '../testing/virtual-clock.ts'
import type { Context } from './context.ts'
import { contract, signal, workflow } from './definition.ts'
import { Execution } from './execution.ts'
import type { ExecutionHost } from './execution-host.ts'
import { applyEntry, startedRun } from './run-state.ts'
import { seededRandomness } from './seeded-random.ts'

const scan = contract({ name: 'scan', input: z.null(), output: z.string() })
const approval = signal('approval', z.object({ granted: z.boolean() }))

type Code = (ctx: Context) => Promise<unknown>

/** An execution whose owner decides nothing by itself: entries are decided when the test says so. */
class Stage {
  readonly emitted: EntryBody[] = []
  readonly clock = new VirtualClock()
  isCancelQueued = false
  readonly #run
  readonly #execution
  #seq

  constructor(code: Code, ...history: readonly EntryBody[]) {
    const definition = workflow({
      ...{ name: 'review', input: z.null(), output: z.unknown() },
      run: (ctx) => code(ctx),
    })
    const [first, ...rest] = entries('a', [started(null), ...history])
    this.#run = startedRun(first!)
    for (const each of rest) applyEntry(this.#run, each)
    this.#seq = this.#run.seq
    this.#execution = new Execution(this.#host(), definition, this.#run)
    this.#execution.start()
  }

  /** Lets the code run until it waits for an entry. */
  async turn(): Promise<this> {
    await this.clock.advance(0)
    return this
  }

  async decide(...bodies: readonly EntryBody[]): Promise<this> {
    for (const body of bodies) {
      this.#seq += 1
      const decided: Entry = entry('a', this.#seq, body)
      applyEntry(this.#run, decided)
      this.#execution.deliver(decided)
    }
    return this.turn()
  }

  /** Decides what has been emitted, in order. */
  async decideAll(): Promise<this> {
    for (let at = 0; at < this.emitted.length; at += 1) await this.decide(this.emitted[at]!)
    return this
  }

  get types(): readonly string[] {
    return this.emitted.map(({ type }) => type)
  }

  get last(): EntryBody | undefined {
    return this.emitted.at(-1)
  }

  /** What the run returned, once it has. */
  get output(): unknown {
    const last = this.last
    if (last?.type !== 'RunCompleted') return last
    const output: unknown = JSON.parse(Buffer.from(last.output).toString())
    return output
  }

  #host(): ExecutionHost {
    const isCancelQueued = () => this.isCancelQueued
    return {
      get isCancelQueued() {
        return isCancelQueued()
      },
      isReplyQueued: false,
      clock: this.clock,
      randomness: seededRandomness('test'),
      logger: silentLogger,
      sabotage: undefined,
      emit: (body) => this.emitted.push(body),
      admit: (begin) => begin(),
      at: (time, callback) => this.clock.after(time - this.clock.now(), callback),
      setBusy: () => undefined,
    }
  }
}

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

describe('a cancellation', () => {
  const cleaning: Code = async (ctx) => {
    try {
      await ctx.call(scan, null)
      await ctx.sleep('1 hour')
    } catch (error) {
      if (!(error instanceof CancelledError)) throw error
      await ctx.step('clean up', () => 'clean')
      throw error
    }
  }

  test('waits for the called run, then ends what the code awaits, and lets it clean up', async () => {
    const stage = await new Stage(cleaning).turn()
    await stage.decideAll()
    await stage.decide(cancelled('m'))
    expect(stage.types).toEqual(['CallRequested'])
    await stage.decide(reply(0, 'scanned'))
    // The sleep was never recorded: the cancellation came before the code could ask for it.
    expect(stage.types).toEqual(['CallRequested', 'StepCompleted'])
    await stage.decide(stage.last!)
    expect(stage.last).toMatchObject({ type: 'RunCancelled', error: { code: 'CANCELLED' } })
  })

  test('is seen in the same place in a replay', async () => {
    const call = (await new Stage(cleaning).turn()).emitted[0]!
    const stage = await new Stage(cleaning, call, cancelled('m'), reply(0, 'scanned')).turn()
    expect(stage.types).toEqual(['StepCompleted'])
  })

  test('that the code swallows does not end the run', async () => {
    const code: Code = (ctx) => ctx.sleep('1 hour').catch(() => 'went on')
    const stage = await new Stage(code).turn()
    await stage.decide(cancelled('m'))
    expect(stage.output).toBe('went on')
  })

  test('tells a body under way to abort, and drops its outcome', async () => {
    const aborted: boolean[] = []
    const code: Code = (ctx) =>
      ctx.step('read', async (step) => {
        step.abortSignal.addEventListener('abort', () => aborted.push(true))
        await never()
      })
    const stage = await new Stage(code).turn()
    await stage.decide(cancelled('m'))
    expect(aborted).toEqual([true])
    expect(stage.types).toEqual(['RunCancelled'])
  })
})

describe('continuing as new', () => {
  test('is the last thing that a generation asks for', async () => {
    const code: Code = async (ctx) => {
      const left = ctx.step('left behind', () => 1)
      void ctx.continueAsNew(2)
      await ctx.step('too late', () => 1)
      await left
    }
    const stage = await new Stage(code).turn()
    expect(stage.types).toEqual(['StepCompleted', 'RunContinued'])
  })

  test('gives way to a cancellation that waits for a called run', async () => {
    const code: Code = async (ctx) => {
      const call = ctx.call(scan, null)
      await ctx.sleep('1 s')
      try {
        await ctx.continueAsNew(2)
      } finally {
        await call.catch(() => undefined)
      }
    }
    const stage = await new Stage(code).turn()
    await stage.decideAll()
    await stage.decide(cancelled('m'), { type: 'TimerFired', index: 1 })
    expect(stage.types).toEqual(['CallRequested', 'TimerSet'])
    await stage.decide(reply(0, 'scanned'))
    expect(stage.types).toEqual(['CallRequested', 'TimerSet', 'RunCancelled'])
  })

  test('waits for a cancellation that is still queued, which then ends it', async () => {
    const code: Code = async (ctx) => {
      await ctx.step('read', never)
      await ctx.continueAsNew(2)
    }
    const stage = await new Stage(code).turn()
    stage.isCancelQueued = true
    await stage.decide(completedStep(0, 'read', 1))
    expect(stage.types).toEqual([])
    await stage.decide(cancelled('m'))
    expect(stage.types).toEqual(['RunCancelled'])
  })

  test('begins with its own input, operation numbers and randomness', async () => {
    const code: Code = async (ctx) => [ctx.random(), await ctx.step('read', never)]
    const first = await new Stage(code).turn()
    await first.decide(completedStep(0, 'read', 1))
    const next = await new Stage(
      code,
      { type: 'RunContinued', index: 5, input: json(null) },
      completedStep(5, 'read', 1),
    ).turn()
    expect(next.output).toEqual([expect.any(Number), 1])
    expect(next.output).not.toEqual(first.output)
  })
})

describe('the end of a run', () => {
  test('is a failure for a terminal error, and parking for any other', async () => {
    const terminal = await new Stage(() => Promise.reject(new TerminalError('no'))).turn()
    expect(terminal.last).toMatchObject({ type: 'RunFailed', error: { code: 'TERMINAL' } })
    const other = await new Stage(() => Promise.reject(new TypeError('oops'))).turn()
    expect(other.last).toMatchObject({ type: 'RunParked', error: { code: 'RUN_THREW' } })
  })
})

function never<T>(): Promise<T> {
  return new Promise(() => undefined)
}
