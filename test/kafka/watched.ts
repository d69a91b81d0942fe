/**
 * Bodies of steps that are watched from outside their process: what begins and what it returned is
 * appended to a file before it goes on, so that it is there whatever becomes of the process.
 */

import { appendFileSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { Context, StepContext } from '../../runtime/durable/context.ts'
import type { AnyWorkflow } from '../../runtime/durable/definition.ts'
import type { Effect } from '../../runtime/testing/checker/evidence.ts'

const Begun = z.object({
  what: z.literal('begun'),
  number: z.int(),
  definition: z.string(),
  runId: z.string(),
  step: z.string(),
  idempotencyKey: z.string(),
  attempt: z.int(),
  incarnation: z.string(),
  at: z.int(),
})
const Returned = z.object({
  what: z.literal('returned'),
  number: z.int(),
  at: z.int(),
  output: z.string(),
})
const Note = z.discriminatedUnion('what', [Begun, Returned])
type Note = z.infer<typeof Note>

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
  return readdirSync(folder).flatMap((name) => {
    const lines = readFileSync(join(folder, name), 'utf8').split('\n')
    const notes = lines.filter((line) => line !== '').map((line) => Note.parse(JSON.parse(line)))
    const returned = new Map(
      notes.flatMap((note) => (note.what === 'returned' ? [[note.number, note] as const] : [])),
    )
    return notes.flatMap((note) => {
      if (note.what !== 'begun') return []
      const { definition, runId, step, idempotencyKey, attempt, incarnation, at } = note
      const end = returned.get(note.number)
      return {
        ...{ definition, runId, step, idempotencyKey, attempt, incarnation },
        ...{ begunAt: at, begunAtOwn: at, endedAt: end?.at ?? null, output: end?.output ?? null },
        saw: [],
      }
    })
  })
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
    this.#note({
      ...{ what: 'begun', number, definition: this.#definition, runId, step },
      ...{ idempotencyKey, attempt, incarnation, at: Date.now() },
    })
    const value = await body(context)
    const output = value === undefined ? '' : JSON.stringify(value)
    this.#note({ what: 'returned', number, at: Date.now(), output })
    return value
  }

  #note(note: Note): void {
    appendFileSync(this.#options.file, `${JSON.stringify(note)}\n`)
  }
}
