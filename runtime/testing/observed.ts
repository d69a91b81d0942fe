/** Definitions whose step bodies are watched: what they did, and how long real ones take. */

import type { Context, StepContext } from '../durable/context.ts'
import type { AnyWorkflow } from '../durable/definition.ts'
import type { Effect } from './checker/evidence.ts'
import type { VirtualClock } from './virtual-clock.ts'

/** Where the bodies of one process report. */
export interface Observer {
  readonly clock: VirtualClock
  /** Incarnation of the process, once it is known. */
  readonly incarnation: () => string | null
  readonly effects: ObservedEffect[]
}

export interface ObservedEffect extends Effect {
  endedAt: number | null
  output: string | null
}

/** The same definition, watched. */
export function observed(definition: AnyWorkflow, observer: Observer): AnyWorkflow {
  return {
    ...definition,
    run: (ctx, input) => definition.run(observedContext(definition.name, ctx, observer), input),
  }
}

function observedContext(definition: string, ctx: Context, observer: Observer): Context {
  return new Proxy(ctx, {
    get(target, property) {
      if (property !== 'step') {
        const value: unknown = Reflect.get(target, property)
        return value
      }
      const step: Context['step'] = (name, body, options) =>
        ctx.step(
          name,
          (context) => observedBody(definition, name, context, body, observer),
          options,
        )
      return step
    },
  })
}

function observedBody<T>(
  definition: string,
  step: string,
  context: StepContext,
  body: (context: StepContext) => T | Promise<T>,
  { clock, effects, incarnation }: Observer,
): T | Promise<T> {
  const { runId, idempotencyKey, attempt } = context
  const now = clock.now()
  const effect: ObservedEffect = {
    ...{ definition, runId, step, idempotencyKey, attempt },
    ...{ incarnation: incarnation(), begunAt: now, begunAtOwn: now, endedAt: null },
    ...{ output: null, saw: [] },
  }
  effects.push(effect)
  const returned = (value: T) => {
    effect.endedAt = clock.now()
    effect.output = jsonOf(value)
    return value
  }
  const value = body(context)
  if (!(value instanceof Promise)) return returned(value)
  const observedValue = value.then(returned)
  clock.hold(observedValue)
  return observedValue
}

/** As it is recorded; null for what cannot be. */
function jsonOf(value: unknown): string | null {
  if (value === undefined) return ''
  try {
    return JSON.stringify(value)
  } catch {
    return null
  }
}
