/**
 * Bodies of steps that are watched from outside their process: what begins and what it returned is
 * appended to a file before it goes on, so that it is there whatever becomes of the process.
 */

import { appendFileSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Context, StepContext } from '../../runtime/durable/context.ts'
import type { AnyWorkflow } from '../../runtime/durable/definition.ts'
import type { Effect } from '../../runtime/testing/checker/evidence.ts'
import { readEffectLines, type EffectLine } from '../workload/effect-lines.ts'

export interface WatchOptions {
  /** One for each definition of each process. */
  readonly file: string
  readonly incarnation: string
}

/** The same definition, with every body watched. */
export function watched(definition: AnyWorkflow, options: WatchOptions): AnyWorkflow {
  const watch = new Watch(definition.name, options)
  return { ...definition, run: (ctx, input) => definition.run(watch.context(ctx), input) }
}

/** What all processes that wrote into a folder have done. */
export function readEffects(folder: string): readonly Effect[] {
  return readdirSync(folder).flatMap((name) =>
    readEffectLines(readFileSync(join(folder, name), 'utf8')),
  )
}

class Watch {
  readonly #definition: string
  readonly #options: WatchOptions
  #begun = 0

  constructor(definition: string, options: WatchOptions) {
    this.#definition = definition
    this.#options = options
  }

  context(ctx: Context): Context {
    const step: Context['step'] = (name, body, options) =>
      ctx.step(name, (context) => this.#perform(name, context, body), options)
    return new Proxy(ctx, {
      get: (target, property): unknown =>
        property === 'step' ? step : Reflect.get(target, property),
    })
  }

  async #perform<T>(
    step: string,
    context: StepContext,
    body: (context: StepContext) => T | Promise<T>,
  ): Promise<T> {
    const { runId, idempotencyKey, attempt } = context
    const { incarnation } = this.#options
    this.#begun += 1
    const number = this.#begun
    const at = Date.now()
    const effect = {
      ...{ definition: this.#definition, runId, step, idempotencyKey, attempt, incarnation },
      ...{ begunAt: at, begunAtOwn: at, saw: [] },
    }
    this.#note({ what: 'begun', number, effect })
    const value = await body(context)
    const output = value === undefined ? '' : JSON.stringify(value)
    this.#note({ what: 'returned', number, at: Date.now(), output })
    return value
  }

  #note(note: EffectLine): void {
    appendFileSync(this.#options.file, `${JSON.stringify(note)}\n`)
  }
}
