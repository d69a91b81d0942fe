/** What ends the code of a run: a cancellation, another generation, its own outcome. */

import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { CancelledError, TerminalError } from '../errors.ts'
import { cancelled, completedStep, json, reply } from '../testing/entries.ts'
import { type Code, never, Stage } from '../testing/execution-stage.ts'
import { contract } from './definition.ts'

const scan = contract({ name: 'scan', input: z.null(), output: z.string() })

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
    await stage.decide(completedStep(0, 'read', 1), cancelled('m'))
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
