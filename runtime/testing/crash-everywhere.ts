/** One run, again and again, with the process dying just before and just after each append. */

import type { z } from 'zod'
import { isDeepStrictEqual } from 'node:util'
import type { AnyWorkflow, Signal, Workflow } from '../durable/definition.ts'
import type { KernelSettings } from '../durable/kernel.ts'
import type { AppendFate } from '../log/memory.ts'
import { createCodec, memorySchemaStore, type Codec } from '../../schemas/codec.ts'
import type { BodyRun } from './test-runtime.ts'
import { assertSound } from './test-runtime.ts'
import { TestCluster, type TestProcess } from './test-cluster.ts'
import { TestRun } from './test-run.ts'
import { VirtualClock } from './virtual-clock.ts'

/** A signal and its payload, sent as soon as the run has been started. */
export type SentSignal = readonly [signal: Signal<z.ZodType>, payload: unknown]

export interface CrashEverywhereOptions<I extends z.ZodType> {
  readonly input: z.input<NoInfer<I>>
  readonly signals?: readonly SentSignal[]
  /** Other definitions that it calls. */
  readonly definitions?: readonly AnyWorkflow[]
  /** Topics that they publish on. */
  readonly topics?: readonly string[]
  readonly settings?: Partial<KernelSettings>
}

export interface Survived<T> {
  readonly result: T
  /** Effects of a step, one for each idempotency key, however often a body ran. */
  effects(step: string): readonly BodyRun[]
  /** Where the process died; null in the run without a crash. */
  readonly crash: Crash | null
}

export interface Crash {
  /** Which append of the process, from 0. */
  readonly append: number
  readonly when: 'before' | 'after'
}

/**
 * Runs a definition once without a crash and then once for each append of the process that serves
 * it and each side of that append. Another process takes over and finishes.
 * @param assertion called for each; what it throws names the crash
 * @throws Error when a result differs, or the journal breaks an invariant of the architecture
 */
export async function crashEverywhere<I extends z.ZodType, O extends z.ZodType>(
  definition: Workflow<I, O>,
  options: CrashEverywhereOptions<I>,
  assertion: (survived: Survived<z.output<O>>) => void | Promise<void>,
): Promise<void> {
  const codec = await createCodec(memorySchemaStore())
  const clean = await runOnce(definition, options, codec, null)
  await assertion(clean.survived)
  for (let append = 0; append < clean.appends; append += 1) {
    for (const when of ['before', 'after'] as const) {
      const crash: Crash = { append, when }
      try {
        const { survived } = await runOnce(definition, options, codec, crash)
        if (!isDeepStrictEqual(survived.result, clean.survived.result)) {
          throw new Error(
            `the result is ${JSON.stringify(survived.result)}, without a crash it is ${JSON.stringify(clean.survived.result)}`,
          )
        }
        await assertion(survived)
      } catch (cause) {
        const why = cause instanceof Error ? cause.message : String(cause)
        throw new Error(
          `the process died just ${when} append ${String(append)} of ${String(clean.appends)}: ${why}`,
          { cause },
        )
      }
    }
  }
}

async function runOnce<I extends z.ZodType, O extends z.ZodType>(
  definition: Workflow<I, O>,
  options: CrashEverywhereOptions<I>,
  codec: Codec,
  crash: Crash | null,
): Promise<{ readonly survived: Survived<z.output<O>>; readonly appends: number }> {
  const clock = new VirtualClock()
  const { definitions = [], topics = [], settings = {} } = options
  const cluster = await TestCluster.create({
    ...{ clock, codec, topics, settings },
    definitions: [definition, ...definitions],
  })
  let appends = 0
  const processes: TestProcess[] = []
  const interfere = (): AppendFate | undefined => {
    appends += 1
    if (crash === null || appends - 1 !== crash.append) return undefined
    // It hears nothing of the request; whether that was written is the question.
    clock.after(0, () => {
      processes[0]?.kill()
      processes.push(cluster.spawn().process)
    })
    return { appendAfterMs: crash.when === 'after' ? 0 : null, settleAfterMs: 0, settle: 'never' }
  }
  processes.push(await cluster.process(interfere))

  const client = cluster.client()
  const handle = await cluster.drive(client.start(definition, options.input, { id: 'run' }))
  const run = new TestRun(cluster, handle, definition.name)
  for (const [signal, payload] of options.signals ?? []) await run.signal(signal, payload)
  const result = await run.result()
  const appendsOfTheRun = appends
  // The last append may have told the client, and its process has yet to die.
  await clock.advance(0)
  await processes.at(-1)?.stop()
  await assertSound(cluster)
  const byKey = new Map(cluster.effects.map((effect) => [effect.idempotencyKey, effect]))
  const survived: Survived<z.output<O>> = {
    result,
    crash,
    effects: (step) => [...byKey.values()].filter((effect) => effect.step === step),
  }
  return { survived, appends: appendsOfTheRun }
}
