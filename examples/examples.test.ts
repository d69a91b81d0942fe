import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { workflow } from '../runtime/index.ts'
import { crashEverywhere, replayHistories, testRuntime } from '../runtime/testing/index.ts'
import { approval, audit, upgrade } from './01-durable-workflow.ts'
import { quorum, sizes } from './02-orchestrator-worker.ts'
import { checks, release } from './03-saga-with-cancellation.ts'
import { stop, watch } from './04-long-loop.ts'
import { definitions, recordJournals } from './scenarios.ts'

vi.setConfig({ testTimeout: 60_000 })

const preRelease = { package: 'left-pad', version: '2.0.0-rc.1' }
const candidate = { package: 'left-pad', version: '2.0.0' }

describe('a durable workflow', () => {
  test('merges once, wherever the process dies', async () => {
    await crashEverywhere(
      upgrade,
      {
        input: preRelease,
        signals: [[approval, { granted: true, by: 'ada' }]],
        definitions: [audit],
      },
      ({ result, effects }) => {
        expect(result).toEqual({ merged: 'merged under run/3/merge', approvedBy: 'ada' })
        expect(effects('merge')).toHaveLength(1)
      },
    )
  })

  test('asks nobody when there are no advisories', async () => {
    const runtime = await testRuntime({ definitions: [upgrade, audit] })
    const run = await runtime.start(upgrade, candidate, { id: 'quiet' })
    expect(await run.result()).toEqual({ merged: 'merged under quiet/2/merge', approvedBy: null })
    await runtime.stop()
  })

  test('fails when it is refused, and when nobody answers for two days', async () => {
    const runtime = await testRuntime({ definitions: [upgrade, audit] })
    const refused = await runtime.start(upgrade, preRelease)
    await refused.signal(approval, { granted: false, by: 'ada' })
    await expect(refused.result()).rejects.toMatchObject({ code: 'REFUSED' })

    const ignored = await runtime.start(upgrade, preRelease)
    await runtime.clock.advance('47 hours')
    expect(ignored.waitsFor).toEqual(["signal 'approval'"])
    await expect(ignored.result()).rejects.toMatchObject({ code: 'NOT_ANSWERED' })
    await runtime.stop()
  })
})

describe('orchestrator and workers', () => {
  const tasks = ['main', 'broken', 'slow'].map((mirror) => ({ package: 'zod', mirror }))

  test('bring what there is at the deadline, and name what is missing', async () => {
    await crashEverywhere(
      sizes.orchestrator,
      { input: { tasks }, definitions: [sizes.worker] },
      ({ result }) => {
        expect(result).toEqual({
          results: [{ package: 'zod', mirror: 'main', bytes: 3_000 }],
          missing: [
            { index: 1, reason: 'failed', code: 'MIRROR_GONE', message: "mirror 'broken' is gone" },
            { index: 2, reason: 'late' },
          ],
        })
      },
    )
  })

  test('stop at enough results, and cancel the rest', async () => {
    const runtime = await testRuntime({ definitions: [quorum.orchestrator, quorum.worker] })
    const request = { package: 'zod', mirrors: ['main', 'slow', 'other'], enough: 2 }
    const run = await runtime.start(quorum, request, { id: 'enough' })
    const { results, missing } = await run.result()
    expect(results.map(({ mirror }) => mirror)).toEqual(['main', 'other'])
    expect(missing).toEqual([{ index: 1, reason: 'cancelled' }])
    expect(runtime.get(quorum.worker, 'enough/1').status).toBe('cancelled')
    await runtime.stop()
  })
})

describe('a saga', () => {
  // What ends badly, as the output of a run that ends well.
  const outcome = z.object({ code: z.string() })

  test('undoes its steps in reverse when it is cancelled, wherever the process dies', async () => {
    const calledOff = workflow({
      name: 'called-off',
      input: z.null(),
      output: outcome,
      async run(ctx) {
        const call = ctx.call(release, candidate)
        await ctx.sleep('1 hour')
        await call.cancel()
        return call.then(
          () => ({ code: 'NONE' }),
          (error: unknown) => outcome.parse(error),
        )
      },
    })
    await crashEverywhere(
      calledOff,
      { input: null, definitions: [release] },
      ({ result, effects }) => {
        expect(result).toEqual({ code: 'CANCELLED' })
        expect(effects('announce')).toEqual([])
        const undone = [...effects('deprecate'), ...effects('delete tag')]
        expect(undone.map(({ idempotencyKey }) => idempotencyKey)).toEqual([
          'run/0/3/deprecate',
          'run/0/4/delete tag',
        ])
      },
    )
  })

  test('undoes its steps when it fails', async () => {
    const runtime = await testRuntime({ definitions: [release] })
    const run = await runtime.start(release, candidate)
    await run.signal(checks, { passed: false })
    await expect(run.result()).rejects.toMatchObject({ code: 'CHECKS_FAILED' })
    expect(runtime.bodies.map(({ step }) => step)).toEqual([
      'create tag',
      'publish',
      'deprecate',
      'delete tag',
    ])
    await runtime.stop()
  })

  test('announces when the checks pass', async () => {
    await crashEverywhere(
      release,
      { input: candidate, signals: [[checks, { passed: true }]] },
      ({ result, effects }) => {
        expect(result).toEqual({ announced: 'left-pad@2.0.0 is out' })
        expect(effects('delete tag')).toEqual([])
      },
    )
  })
})

describe('a long loop', () => {
  test('continues as new and is counted right, with a process that dies every minute', async () => {
    const runtime = await testRuntime({ definitions: [watch] })
    const run = await runtime.start(watch, { package: 'zod', every: '1 minute' }, { id: 'loop' })
    for (let minute = 1; minute <= 7; minute += 1) {
      await runtime.crash()
      await runtime.clock.advance('1 minute')
    }
    await run.signal(stop, { by: 'ada' })
    expect(await run.result()).toEqual({ checks: 8, stoppedBy: 'ada' })
    const keys = runtime.bodies.map(({ idempotencyKey }) => idempotencyKey)
    expect(new Set(keys).size).toBe(8)
    expect(run.journal.filter(({ type }) => type === 'RunContinued')).toHaveLength(2)
    await runtime.stop()
  })

  test('takes a stop that came before it waited, wherever the process dies', async () => {
    const input = { package: 'zod', every: '1 minute' }
    await crashEverywhere(watch, { input, signals: [[stop, { by: 'ada' }]] }, ({ result }) => {
      expect(result).toEqual({ checks: 1, stoppedBy: 'ada' })
    })
  })
})

describe('golden journals', () => {
  const folder = join(import.meta.dirname, 'journals')
  const files = readdirSync(folder).sort()
  const byName = new Map(definitions.map((definition) => [definition.name, definition]))
  const Journal = z.object({ definition: z.string() })

  test.each(files)('%s is what the code still does', async (file) => {
    const path = join(folder, file)
    const { definition } = Journal.parse(JSON.parse(readFileSync(path, 'utf8')))
    const code = byName.get(definition)
    expect(code).toBeDefined()
    if (code !== undefined) await replayHistories(code, [path])
  })

  test('there is one for each scenario', async () => {
    const names = Object.keys(await recordJournals()).map((name) => `${name}.json`)
    expect(names.sort()).toEqual(files)
  })

  test('a step that is renamed, or asked for in another order, is noticed', async () => {
    const path = join(folder, '03-announced.json')
    const renamed = workflow({
      ...release,
      async run(ctx) {
        await ctx.step('make tag', () => 'v2.0.0')
        return { announced: '' }
      },
    })
    await expect(replayHistories(renamed, [path])).rejects.toThrow(
      "operation 0 is step 'create tag' in the journal (seq 2) and step 'make tag' in the code",
    )
  })
})
