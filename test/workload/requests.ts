/** What clients ask for, and when: drawn before anything begins. */

import type { Draw } from './draw.ts'
import { drawScript, signalNames, type Script } from './script.ts'

export type Request =
  | {
      readonly ask: 'start'
      readonly definition: string
      readonly id: string
      readonly key: string | null
      readonly script: Script
    }
  /** The same id again, whatever has become of it. */
  | {
      readonly ask:
        'restart' | 'attach' | 'cancel' | 'resume' | 'attachUnknown' | 'garbage' | 'unknownSignal'
    }
  | { readonly ask: 'signal'; readonly signal: string }

export interface Timed<T> {
  readonly atMs: number
  readonly it: T
}

export interface RequestsOptions {
  readonly definitions: readonly [string, ...string[]]
  /** Starts come within it, other requests may come a little later. */
  readonly spanMs: number
  /** Both ends of what is drawn: how many starts, and the longest that an act may take. */
  readonly starts: readonly [number, number]
  readonly longestMs: readonly [number, number]
  /** Whether scripts dispatch tasks. */
  readonly dispatches: boolean
}

export function drawRequests(draw: Draw, options: RequestsOptions): readonly Timed<Request>[] {
  const { definitions, spanMs, dispatches } = options
  const starts = draw.int(...options.starts)
  const ids = draw.times(starts, (index) => ({
    definition: draw.pick(definitions),
    id: `run-${String(index)}`,
    key: draw.chance(0.2) ? `key-${String(draw.int(0, 9))}` : null,
  }))
  const script = {
    ...{ definitions, ids, dispatches },
    ...{ depth: draw.int(0, 2), longestMs: draw.int(...options.longestMs) },
    large: draw.chance(0.06) ? 0.15 : 0,
  }
  const spread = draw.chance(0.3) ? spanMs / 5 : spanMs
  const begun = ids.map((run) => ({
    atMs: draw.int(0, spread),
    it: { ask: 'start', ...run, script: drawScript(draw, script) } as const,
  }))
  const other = (): Request => {
    const roll = draw.int(1, 100)
    if (roll <= 50) return { ask: 'signal', signal: draw.pick(signalNames) }
    if (roll <= 64) return { ask: 'restart' }
    if (roll <= 76) return { ask: 'cancel' }
    if (roll <= 86) return { ask: 'resume' }
    if (roll <= 94) return { ask: 'attach' }
    return { ask: draw.pick(['attachUnknown', 'garbage', 'unknownSignal'] as const) }
  }
  const others = draw.times(draw.int(5, 3 * starts), () => ({
    atMs: draw.int(0, 1.3 * spanMs),
    it: other(),
  }))
  return [...begun, ...others]
}
