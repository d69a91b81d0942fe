/** The definitions that the simulation serves: each performs the script that is its input. */

import { z } from 'zod'
import { CancelledError, RetryableError, TerminalError } from '../../runtime/errors.ts'
import type { Context, StepContext } from '../../runtime/durable/context.ts'
import { contract, signal, workflow, type AnyWorkflow } from '../../runtime/durable/definition.ts'
import type { Claim } from '../../runtime/testing/checker/evidence.ts'
import { signalNames, type Act, type NamedRun, type Script } from './script.ts'
import type { OpenEffect } from './world.ts'

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

/** What bodies need of the process that they run in. */
export interface Bodies {
  begin(definition: string, step: string, context: StepContext, saw: readonly Claim[]): OpenEffect
  timesRun(key: string): number
  /** Passes by the process's clock. */
  pass(ms: number): Promise<void>
  end(effect: OpenEffect, output: string): void
}

export function simulatedContract(name: string) {
  return contract({ name, input: Input, output: Output })
}

export function simulatedDefinition(
  name: string,
  version: string,
  concurrency: number,
  bodies: Bodies,
): AnyWorkflow {
  return workflow({
    ...{ name, version, input: Input, output: Output, signals, concurrency },
    run: (ctx, { script, saw }) => new Performance(name, ctx, bodies, saw).perform(script),
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
  readonly #bodies: Bodies
  #saw: readonly Claim[]
  readonly #heard: string[] = []

  constructor(definition: string, ctx: Context, bodies: Bodies, saw: readonly Claim[]) {
    this.#definition = definition
    this.#ctx = ctx
    this.#bodies = bodies
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
        const saw = this.#saw
        const value = await ctx.step(act.name, (step) => this.#body(act, step, saw), options)
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

  #body(act: Extract<Act, { act: 'step' }>, step: StepContext, saw: readonly Claim[]): unknown {
    const effect = this.#bodies.begin(this.#definition, act.name, step, saw)
    const finish = () => {
      const n = this.#bodies.timesRun(step.idempotencyKey)
      if (step.attempt <= act.fails || n <= act.worldFails) {
        if (n % 2 === 0) throw new RetryableError('not now', { after: act.delayMs })
        throw new Error(`body ${String(n)} of ${step.idempotencyKey} was told to fail`)
      }
      if (act.isTerminal) throw new TerminalError('the step was told to fail for good')
      const output = { key: step.idempotencyKey, effect: effect.number, pad: 'x'.repeat(act.bytes) }
      this.#bodies.end(effect, JSON.stringify(output))
      return output
    }
    return act.ms === 0 ? finish() : this.#bodies.pass(act.ms).then(finish)
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
