import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { workflow, type Context } from '../index.ts'
import { replayHistories, testRuntime } from './index.ts'

function counting(run: (ctx: Context, left: number) => Promise<string>) {
  return workflow({ name: 'counting', input: z.number(), output: z.string(), run })
}

const asWritten = counting(async (ctx, left) => {
  await ctx.step('count', () => left)
  await ctx.sleep('1 second')
  if (left > 0) await ctx.continueAsNew(left - 1)
  return 'done'
})

async function recorded() {
  const runtime = await testRuntime({ definitions: [asWritten] })
  const run = await runtime.start(asWritten, 2, { id: 'a' })
  const open = run.history()
  await run.result()
  return { open, ended: run.history() }
}

async function written(history: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'stoa-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const file = join(folder, 'counting.json')
  await writeFile(file, history)
  return file
}

test('a history that the code still matches is replayed, from a file as well', async () => {
  const { open, ended } = await recorded()
  await replayHistories(asWritten, [open, ended, await written(JSON.stringify(ended))])
})

test('an operation that the code no longer asks for is named', async () => {
  const { open, ended } = await recorded()
  const changed = counting(async (ctx) => {
    await ctx.step('sum', () => 1)
    return 'done'
  })
  await expect(replayHistories(changed, [open, ended])).rejects.toThrow(
    /'counting' no longer matches 2 of 2 histories(.|\n)*operation 0 is step 'count' in the journal \(seq 2\) and step 'sum' in the code/,
  )
})

test('another end than the recorded one is a difference', async () => {
  const { open, ended } = await recorded()
  const changed = counting(async (ctx, left) => {
    await ctx.step('count', () => left)
    await ctx.sleep('1 second')
    if (left > 0) await ctx.continueAsNew(left - 1)
    return 'over'
  })
  await replayHistories(changed, [open])
  await expect(replayHistories(changed, [ended])).rejects.toThrow(
    'RunCompleted "done" is recorded (seq 13), the code comes to RunCompleted "over"',
  )
})

test('the input of the next generation is part of the history', async () => {
  const { ended } = await recorded()
  const changed = counting(async (ctx, left) => {
    await ctx.step('count', () => left)
    await ctx.sleep('1 second')
    if (left > 0) await ctx.continueAsNew(left - 2)
    return 'done'
  })
  await expect(replayHistories(changed, [ended])).rejects.toThrow(
    'RunContinued 1 is recorded (seq 5), the code comes to RunContinued 0',
  )
})

test('what is no history is refused, and it is said what is wrong', async () => {
  const { ended } = await recorded()
  const definition = counting(() => Promise.resolve('done'))
  const path = await written(JSON.stringify(ended).replace('"seq":1,', '"seq":"one",'))
  await expect(replayHistories(definition, [path])).rejects.toThrow(
    /^this is no recorded history: ✖ Invalid input: .*\n {2}→ at entries\[0\]\.seq$/,
  )
})
