/** One run, again and again, with the process dying just before and just after each append. */

import type { z } from 'zod'
import { isDeepStrictEqual } from 'node:util'
import { parseDuration, type Duration } from '../duration.ts'
import type { RunHandle } from '../durable/client.ts'
import type { AnyWorkflow, Signal, Workflow } from '../durable/definition.ts'
import type { KernelSettings } from '../durable/kernel.ts'
import { StoaError } from '../errors.ts'
import type { AppendFate } from '../log/memory.ts'
import { createCodec, memorySchemaStore, type Codec } from '../../schemas/codec.ts'
import type { BodyRun } from './test-runtime.ts'
import { assertSound } from './test-runtime.ts'
import { TestCluster, type TestProcess } from './test-cluster.ts'
import { TestRun } from './test-run.ts'
import { VirtualClock } from './virtual-clock.ts'

/** A signal and its payload, sent as soon as the run has been started, or so long after that. */
export type SentSignal = readonly [signal: Signal<z.ZodType>, payload: unknown, when?: Later]

export interface Later {
  /** By the clock of the run; default at once. */
  readonly after?: Duration
}

export interface CrashEverywhereOptions<I extends z.ZodType> {
  readonly input: z.input<NoInfer<I>>
  readonly signals?: readonly SentSignal[]
  /** Asks the run to cancel. */
  readonly cancel?: Later & { readonly reason?: string }
  /** How the run ends, each time; default 'completed'. */
  readonly ends?: Outcome<unknown>['status']
  /** Other definitions that it calls. */
  readonly definitions?: readonly AnyWorkflow[]
  /** Topics that they publish on. */
  readonly topics?: readonly string[]
  readonly settings?: Partial<KernelSettings>
}

export interface Survived<T> {
  /** @throws StoaError the run's, when it was to fail or to be cancelled */
  readonly result: T
  /** What the run ended with that was to fail or to be cancelled, else null. */
  readonly error: StoaError | null
  /** Effects of a step, one for each idempotency key, however often a body ran. */
  effects(step: string): readonly BodyRun[]
  /** Where the process died; null when it did not: without a crash, or before it came to that. */
  readonly crash: Crash | null
}

export interface Crash {
  /** Which append of the process, from 0. */
  readonly append: number
  readonly when: 'before' | 'after'
}

type Outcome<T> =
  | { readonly status: 'completed'; readonly result: T }
  | { readonly status: 'failed' | 'cancelled'; readonly error: StoaError }

interface Once<T> {
  readonly survived: Survived<T>
  readonly outcome: Outcome<T>
  readonly appends: number
}

/**
 * Runs a definition once without a crash and then once for each append of the process that serves
 * it and each side of that append. Another process takes over and finishes. Signals and a
 * cancellation come from a client that does not die, as long after the start as they say.
 * @param assertion called for each; what it throws names the crash
 * @throws Error when a run ends otherwise than `ends` says or than without a crash, does not end, or
 * the journal breaks an invariant of the architecture
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
        const { survived, outcome } = await runOnce(definition, options, codec, crash)
        const [left, right] = [comparable(outcome), comparable(clean.outcome)]
        if (!isDeepStrictEqual(left, right)) {
          throw new Error(`it ${said(left)}, without a crash it ${said(right)}`)
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
): Promise<Once<z.output<O>>> {
  const clock = new VirtualClock()
  const { definitions = [], topics = [], settings = {}, ends = 'completed' } = options
  const cluster = await TestCluster.create({
    ...{ clock, codec, topics, settings },
    definitions: [definition, ...definitions],
  })
  let appends = 0
  let isArmed = true
  let died: Crash | null = null
  const processes: TestProcess[] = []
  const interfere = (): AppendFate | undefined => {
    appends += 1
    if (!isArmed || crash === null || appends - 1 !== crash.append) return undefined
    died = crash
    // It hears nothing of the request; whether that was written is the question.
    clock.after(0, () => {
      processes[0]?.kill()
      processes.push(cluster.spawn().process)
    })
    return { appendAfterMs: crash.when === 'after' ? 0 : null, settleAfterMs: 0, settle: 'never' }
  }
  processes.push(await cluster.process(interfere))

  const started = cluster.client().start(definition, options.input, { id: 'run' })
  const handle = await cluster.drive(started)
  const unsent = sendAll(clock, handle, options)
  const outcome = await Promise.race([
    outcomeOf(new TestRun(cluster, handle, definition.name)),
    unsent,
  ])
  // What the process appends from here on is not the run's, but its own when it stops.
  isArmed = false
  const appendsOfTheRun = appends
  if (outcome.status !== ends) {
    throw new Error(`it is to be ${ends}, and ${said(comparable(outcome))}`, { cause: outcome })
  }
  // The last append may have told the client, and its process has yet to die.
  await clock.advance(0)
  await processes.at(-1)?.stop()
  await assertSound(cluster)
  const byKey = new Map(cluster.effects.map((effect) => [effect.idempotencyKey, effect]))
  const survived: Survived<z.output<O>> = {
    get result() {
      if (outcome.status === 'completed') return outcome.result
      throw outcome.error
    },
    error: outcome.status === 'completed' ? null : outcome.error,
    crash: died,
    effects: (step) => [...byKey.values()].filter((effect) => effect.step === step),
  }
  return { survived, outcome, appends: appendsOfTheRun }
}

/** Sends at their times what is to be sent; rejects when that fails, and never resolves. */
function sendAll(
  clock: VirtualClock,
  handle: RunHandle<unknown>,
  { signals = [], cancel }: Pick<CrashEverywhereOptions<z.ZodType>, 'signals' | 'cancel'>,
): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>()
  const later = ({ after = 0 }: Later, send: () => Promise<void>) => {
    clock.after(parseDuration(after), () => {
      send().catch(reject)
    })
  }
  for (const [signal, payload, when = {}] of signals) {
    later(when, () => handle.signal(signal, payload))
  }
  if (cancel !== undefined) later(cancel, () => handle.cancel(cancel.reason))
  return promise
}

async function outcomeOf<T>(run: TestRun<T>): Promise<Outcome<T>> {
  try {
    return { status: 'completed', result: await run.result() }
  } catch (error) {
    const { status } = run
    if (error instanceof StoaError && (status === 'failed' || status === 'cancelled')) {
      return { status, error }
    }
    throw error
  }
}

/** A failure is the same by its code and message. */
function comparable(outcome: Outcome<unknown>) {
  if (outcome.status === 'completed') return outcome
  const { code, message } = outcome.error
  return { status: outcome.status, code, message }
}

function said(outcome: ReturnType<typeof comparable>): string {
  return outcome.status === 'completed'
    ? `returned ${JSON.stringify(outcome.result)}`
    : `${outcome.status === 'failed' ? 'failed' : 'was cancelled'} with ${outcome.code}: ${outcome.message}`
}
