/** What a simulated run does: a small program, carried as the run's input. */

import type { Draw } from './draw.ts'

export type Act =
  | {
      readonly act: 'step'
      readonly name: string
      readonly ms: number
      /** Attempts that throw, by the number of the attempt. */
      readonly fails: number
      /** Bodies that throw, counted by the world outside, over crashes and resumptions. */
      readonly worldFails: number
      readonly isTerminal: boolean
      readonly attempts: number
      readonly delayMs: number
      readonly bytes: number
      readonly timeoutMs: number | null
    }
  | { readonly act: 'sleep'; readonly ms: number }
  | { readonly act: 'wait'; readonly signal: string; readonly timeoutMs: number | null }
  | {
      readonly act: 'call'
      readonly definition: string
      readonly script: Script
      readonly cancelAfterMs: number | null
      readonly key: string | null
    }
  | {
      readonly act: 'start'
      readonly definition: string
      readonly script: Script
      readonly named: NamedRun | null
    }
  | {
      readonly act: 'dispatch'
      readonly definition: string
      readonly tasks: readonly Script[]
      readonly deadlineMs: number
      /** Results that are enough; null for all. */
      readonly first: number | null
    }
  | { readonly act: 'publish'; readonly key: string }
  | { readonly act: 'all' | 'race' | 'settled'; readonly of: readonly Act[] }
  | { readonly act: 'continue'; readonly script: Script }
  | { readonly act: 'fail' | 'throw' }

export interface Script {
  readonly acts: readonly Act[]
  /** Acts that follow a cancellation; null lets it through. */
  readonly cleanup: readonly Act[] | null
}

export const signalNames = ['granted', 'amended'] as const

/** A run that others may start, too: always at the same place. */
export interface NamedRun {
  readonly definition: string
  readonly id: string
  readonly key: string | null
}

export interface ScriptOptions {
  readonly definitions: readonly [string, ...string[]]
  /** How deep calls may go. */
  readonly depth: number
  readonly longestMs: number
  /** Chance that a step returns a lot. */
  readonly large: number
  /** Run ids that detached starts may name. */
  readonly ids: readonly NamedRun[]
  readonly dispatches: boolean
}

export function drawScript(draw: Draw, options: ScriptOptions): Script {
  const acts = draw.times(draw.int(1, options.depth > 0 ? 5 : 3), () =>
    drawAct(draw, options, true),
  )
  const cleanup = draw.chance(0.5)
    ? draw.times(draw.int(1, 2), () => drawStep(draw, options))
    : null
  return { acts, cleanup }
}

function drawAct(draw: Draw, options: ScriptOptions, isTop: boolean): Act {
  const { depth, longestMs, definitions } = options
  const inner = { ...options, depth: depth - 1 }
  if (options.dispatches && depth > 0 && draw.chance(0.08)) return drawDispatch(draw, options)
  const roll = draw.int(1, 100)
  if (roll <= 44) return drawStep(draw, options)
  if (roll <= 54) return { act: 'sleep', ms: draw.duration(longestMs) }
  if (roll <= 64) {
    const timeoutMs = draw.chance(0.75) ? draw.duration(longestMs) : null
    return { act: 'wait', signal: draw.pick(signalNames), timeoutMs }
  }
  if (roll <= 76 && depth > 0) {
    const cancelAfterMs = draw.chance(0.2) ? draw.duration(longestMs / 4) : null
    return {
      act: 'call',
      definition: draw.pick(definitions),
      script: drawScript(draw, inner),
      cancelAfterMs,
      key: draw.chance(0.3) ? `key-${String(draw.int(0, 9))}` : null,
    }
  }
  if (roll <= 80 && depth > 0) {
    const named = draw.chance(0.5) ? draw.any(options.ids) : undefined
    const definition = named?.definition ?? draw.pick(definitions)
    const script = drawScript(draw, { ...inner, depth: 0 })
    return { act: 'start', definition, script, named: named ?? null }
  }
  if (roll <= 84) return { act: 'publish', key: `k${String(draw.int(0, 9))}` }
  if (roll <= 94 && isTop) {
    const of = draw.times(draw.int(2, 4), () => drawAct(draw, options, false))
    return { act: draw.pick(['all', 'race', 'settled'] as const), of }
  }
  if (roll <= 96 && isTop && depth > 0)
    return { act: 'continue', script: drawScript(draw, { ...inner, depth: 0 }) }
  if (roll === 97) return { act: 'fail' }
  if (roll === 98 && isTop) return { act: 'throw' }
  return drawStep(draw, options)
}

function drawDispatch(draw: Draw, options: ScriptOptions): Act {
  const tasks = draw.times(draw.int(2, 8), () => drawScript(draw, { ...options, depth: 0 }))
  return {
    ...{ act: 'dispatch', definition: draw.pick(options.definitions), tasks },
    deadlineMs: draw.int(options.longestMs / 2, 2 * options.longestMs),
    first: draw.chance(0.3) ? draw.int(1, tasks.length) : null,
  }
}

function drawStep(draw: Draw, { longestMs, large }: ScriptOptions): Act {
  const isFlaky = draw.chance(0.25)
  return {
    act: 'step',
    name: draw.pick(['read', 'write', 'compare', 'notify']),
    ms: draw.chance(0.4) ? 0 : draw.duration(longestMs / 5),
    fails: isFlaky ? draw.int(0, 3) : 0,
    worldFails: draw.chance(0.06) ? draw.int(1, 5) : 0,
    isTerminal: draw.chance(0.02),
    attempts: draw.int(2, 6),
    delayMs: draw.duration(2_000),
    bytes: draw.chance(large) ? draw.int(10_000, 400_000) : draw.int(0, 200),
    timeoutMs: draw.chance(0.1) ? draw.duration(longestMs / 5) + 1 : null,
  }
}
