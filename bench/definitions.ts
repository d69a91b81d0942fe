/** The work that is measured. What steps return is about 200 bytes of JSON. */

import { z } from 'zod'
import { signal, workflow, type Context } from '../runtime/index.ts'
import { nowMs } from './clock.ts'

const padding = 'x'.repeat(180)
const count = z.number().int()
const milliseconds = z.number()

/** Carries the time at which it was sent. */
export const stamp = signal('stamp', milliseconds)

/** So many recorded steps, one after another. */
export const steps = workflow({
  name: 'bench-steps',
  input: count,
  output: count,
  concurrency: 10_000,
  async run(ctx, total) {
    let sum = 0
    for (let step = 0; step < total; step += 1) {
      const { value } = await ctx.step('step', () => ({ value: 1, padding }))
      sum += value
    }
    return sum
  },
})

/** So many steps, one after another; its output is how long each took from the body before it. */
export const paced = workflow({
  name: 'bench-paced',
  input: count,
  output: z.array(milliseconds),
  async run(ctx, total) {
    const times: number[] = []
    let last = await mark(ctx)
    for (let step = 1; step < total; step += 1) {
      const at = await mark(ctx)
      times.push(at - last)
      last = at
    }
    return times
  },
})

export const called = workflow({
  name: 'bench-called',
  input: count,
  output: z.object({ value: count, padding: z.string() }),
  run: (ctx, value) => ctx.step('step', () => ({ value, padding })),
})

/** Calls one run after another; its output is how long each call took. */
export const caller = workflow({
  name: 'bench-caller',
  input: count,
  output: z.array(milliseconds),
  async run(ctx, total) {
    const times: number[] = []
    for (let call = 0; call < total; call += 1) {
      // The code of a run must not read a clock: this one is never replayed.
      const begin = nowMs()
      await ctx.call(called, call)
      times.push(nowMs() - begin)
    }
    return times
  },
})

/** Takes signals; its output is how long each took from its sender to the body of the next step. */
export const listener = workflow({
  name: 'bench-listener',
  input: count,
  output: z.array(milliseconds),
  signals: [stamp],
  async run(ctx, total) {
    const times: number[] = []
    for (let taken = 0; taken < total; taken += 1) {
      const sentAt = await ctx.waitFor(stamp)
      times.push((await mark(ctx)) - sentAt)
    }
    return times
  },
})

/** The steps at either end of a long run that are taken one at a time, and timed. */
export const sample = 1_000
const wave = 100

/**
 * A long run: its first and last thousand steps one at a time, those between in waves; then it waits
 * for a signal and takes one step more. `generation` is the number of steps after which it continues
 * as new.
 */
export const long = workflow({
  name: 'bench-long',
  input: z.object({ from: count, to: count, generation: count, firstMs: milliseconds }),
  output: z.object({ firstMs: milliseconds, lastMs: milliseconds, resumedAt: milliseconds }),
  signals: [stamp],
  async run(ctx, input) {
    const { from, to, generation } = input
    const end = Math.min(to, from + generation)
    const firstMs = from === 0 ? await perStep(ctx, sample) : input.firstMs
    const untimed = Math.min(end, to - sample) - Math.max(from, sample)
    for (let left = untimed; left > 0; left -= wave) {
      await Promise.all(Array.from({ length: Math.min(wave, left) }, () => mark(ctx)))
    }
    if (end < to) return ctx.continueAsNew({ from: end, to, generation, firstMs })
    const lastMs = await perStep(ctx, sample)
    await ctx.waitFor(stamp)
    return { firstMs, lastMs, resumedAt: await mark(ctx) }
  },
})

/**
 * Sleeps for longer than anyone measures, waits for a signal, or does neither; then one step, whose
 * body says how long it was since the signal, or the start, was sent.
 */
export const sleeper = workflow({
  name: 'bench-sleeper',
  input: z.object({ first: z.enum(['sleep', 'wait', 'step']), sentAt: milliseconds }),
  output: milliseconds,
  signals: [stamp],
  concurrency: 10_000,
  async run(ctx, { first, sentAt }) {
    if (first === 'sleep') await ctx.sleep('30 days')
    const since = first === 'wait' ? await ctx.waitFor(stamp) : sentAt
    return (await mark(ctx)) - since
  },
})

export const definitions = [steps, paced, called, caller, listener, long, sleeper]

/** A step that records when its body ran. */
async function mark(ctx: Context): Promise<number> {
  const { at } = await ctx.step('step', () => ({ at: nowMs(), padding }))
  return at
}

/** Milliseconds from the body of one step to that of the next, over so many. */
async function perStep(ctx: Context, total: number): Promise<number> {
  const begin = await mark(ctx)
  let end = begin
  for (let step = 1; step < total; step += 1) end = await mark(ctx)
  return (end - begin) / (total - 1)
}
