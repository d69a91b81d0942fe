/** Definitions whose runs perform the script that is their input. */

import { z } from 'zod'
import { CancelledError, RetryableError, TerminalError } from '../../runtime/errors.ts'
import type { Context, StepContext } from '../../runtime/durable/context.ts'
import { contract, signal, workflow, type AnyWorkflow } from '../../runtime/durable/definition.ts'
import { dispatch } from '../../patterns/orchestrator-worker/dispatch.ts'
import type { Claim } from '../../runtime/testing/checker/evidence.ts'
import { signalNames, type Act, type NamedRun, type Script } from './script.ts'

export const notesTopic = 'notes'

export const Input = z.object({
  script: z.custom<Script>(isScript),
  saw: z.array(z.custom<Claim>(isClaim)),
})
export const Output = z.object({
  saw: z.array(z.custom<Claim>(isClaim)),
  heard: z.array(z.string()),
})

export const signals = signalNames.map((name) => signal(name, z.object({ n: z.number() })))

export type StepAct = Extract<Act, { act: 'step' }>

/** One execution of a step's body, in the world that the process is in. */
export interface Body {
  readonly definition: string
  readonly act: StepAct
  readonly step: StepContext
  /** Outcomes of earlier steps that the code has seen. */
  readonly saw: readonly Claim[]
}

/** Executes a body; see `outcomeOf`. */
export type Execute = (body: Body) => unknown

/** How a body is counted by the world outside, which outlives every process. */
export interface Count {
  /** Among all bodies. */
  readonly number: number
  /** Among those of the same key, from 1. */
  readonly times: number
}

/** What the script says that a body returns. @throws what it says that the body throws */
export function outcomeOf({ act, step }: Body, { number, times }: Count): unknown {
  if (step.attempt <= act.fails || times <= act.worldFails) {
    if (times % 2 === 0) throw new RetryableError('not now', { after: act.delayMs })
    throw new Error(`body ${String(times)} of ${step.idempotencyKey} was told to fail`)
  }
  if (act.isTerminal) throw new TerminalError('the step was told to fail for good')
  return { key: step.idempotencyKey, effect: number, pad: 'x'.repeat(act.bytes) }
}

export function simulatedContract(name: string) {
  return contract({ name, input: Input, output: Output })
}

export function simulatedDefinition(
  name: string,
  version: string,
  concurrency: number,
  execute: Execute,
): AnyWorkflow {
  return workflow({
    ...{ name, version, input: Input, output: Output, signals, concurrency },
    run: (ctx, { script, saw }) => new Performance(name, ctx, execute, saw).perform(script),
  })
}

/** What an entry's payload says that its run has seen. */
export function claimsOf(payload: unknown): readonly Claim[] {
  if (typeof payload !== 'object' || payload === null || !('saw' in payload)) return []
  return Array.isArray(payload.saw) ? payload.saw.filter(isClaim) : []
}

class Performance {
  readonly #definition: string
  readonly #ctx: Context
  readonly #execute: Execute
  #saw: readonly Claim[]
  readonly #heard: string[] = []

  constructor(definition: string, ctx: Context, execute: Execute, saw: readonly Claim[]) {
    this.#definition = definition
    this.#ctx = ctx
    this.#execute = execute
    this.#saw = saw
  }

  async perform(script: Script) {
    try {
      for (const act of script.acts) await this.#act(act)
    } catch (error) {
      if (!(error instanceof CancelledError) || script.cleanup === null) throw error
      for (const act of script.cleanup) await this.#act(act)
      throw error
    }
    return { saw: [...this.#saw], heard: this.#heard }
  }

  async #act(act: Act): Promise<void> {
    const ctx = this.#ctx
    switch (act.act) {
      case 'step': {
        const retry = { attempts: act.attempts, firstDelay: act.delayMs, maxDelay: 4_000 }
        const options = act.timeoutMs === null ? { retry } : { retry, timeout: act.timeoutMs }
        const [definition, saw] = [this.#definition, this.#saw]
        const body = (step: StepContext) => this.#execute({ definition, act, step, saw })
        const value = await ctx.step(act.name, body, options)
        this.#see(JSON.stringify(value))
        return
      }
      case 'sleep':
        await ctx.sleep(act.ms)
        return
      case 'wait': {
        const waited = signals.find(({ name }) => name === act.signal)
        if (waited === undefined) throw new Error(`no signal ${act.signal}`)
        const value =
          act.timeoutMs === null
            ? await ctx.waitFor(waited)
            : await ctx.waitFor(waited, { timeout: act.timeoutMs })
        this.#heard.push(
          `${act.signal} ${value === undefined ? 'timed out' : JSON.stringify(value)}`,
        )
        return
      }
      case 'call': {
        const input = { script: act.script, saw: [...this.#saw] }
        const call = ctx.call(
          simulatedContract(act.definition),
          input,
          act.key === null ? {} : { key: act.key },
        )
        if (act.cancelAfterMs !== null) {
          await ctx.sleep(act.cancelAfterMs)
          await call.cancel()
        }
        await this.#ignoring(call)
        return
      }
      case 'start': {
        const input = { script: act.script, saw: [...this.#saw] }
        await ctx.start(
          simulatedContract(act.definition),
          input,
          act.named === null ? {} : placed(act.named),
        )
        return
      }
      case 'dispatch': {
        const saw = [...this.#saw]
        const tasks = act.tasks.map((script) => ({ script, saw }))
        const dispatched = dispatch(ctx, simulatedContract(act.definition), tasks, {
          ...{ deadline: act.deadlineMs, onLate: 'partial', onFailure: 'partial' },
          ...(act.first === null ? {} : { first: act.first }),
        })
        await this.#ignoring(dispatched)
        return
      }
      case 'publish':
        await ctx.publish(notesTopic, act.key, { saw: [...this.#saw], random: ctx.random() })
        return
      case 'all':
        await Promise.all(act.of.map((part) => this.#act(part)))
        return
      case 'race':
        await Promise.race(act.of.map((part) => this.#act(part)))
        return
      case 'settled':
        await Promise.allSettled(act.of.map((part) => this.#act(part)))
        return
      case 'continue':
        await ctx.continueAsNew({ script: act.script, saw: [...this.#saw] })
        return
      case 'fail':
        throw new TerminalError(`run ${ctx.runId} was told to fail`)
      case 'throw':
        throw new Error(`run ${ctx.runId} was told to throw`)
    }
  }

  /** A failed or cancelled call is no failure of the caller, unless that is cancelled itself. */
  async #ignoring(call: Promise<unknown>): Promise<void> {
    try {
      await call
      this.#heard.push('called')
    } catch (error) {
      this.#heard.push(error instanceof Error ? error.name : 'error')
    }
  }

  #see(output: string): void {
    const seen: unknown = JSON.parse(output)
    if (
      typeof seen !== 'object' ||
      seen === null ||
      !('key' in seen) ||
      typeof seen.key !== 'string'
    )
      return
    // The last few small ones are enough, and keep the payloads small.
    if (output.length > 1_000) return
    this.#saw = [...this.#saw, { idempotencyKey: seen.key, output }].slice(-4)
  }
}

function isScript(value: unknown): value is Script {
  return typeof value === 'object' && value !== null && 'acts' in value
}

function isClaim(value: unknown): value is Claim {
  return (
    typeof value === 'object' && value !== null && 'idempotencyKey' in value && 'output' in value
  )
}

function placed({ id, key }: NamedRun) {
  return key === null ? { id } : { id, key }
}
