/** Everything that a seed decides before the simulation begins. */

import type { KernelSettings } from '../../runtime/durable/kernel.ts'
import type { Draw } from '../workload/draw.ts'
import { drawRequests, type Request, type Timed } from '../workload/requests.ts'

/** Chances and bounds of what goes wrong; 0 for what does not. */
export interface Faults {
  readonly crashes: number
  readonly freezes: number
  readonly cuts: number
  readonly rebalances: number
  readonly stops: number
  readonly slowPlaces: number
  readonly echoes: number
  /** Per request. */
  readonly failedAppend: number
  readonly crashInAppend: number
  readonly latestCopyMs: number
  readonly longestHopMs: number
  readonly longestSkewMs: number
  /** Per request that only asks, and per record that is decoded. */
  readonly failedRequest: number
  readonly slowDecode: number
  /** Per turn of an event loop. */
  readonly slowTurns: number
}

export type Happening =
  | {
      readonly what: 'crash'
      readonly victim: number
      readonly downMs: number
      readonly isSameInstance: boolean
    }
  | {
      readonly what: 'stop'
      readonly victim: number
      readonly graceMs: number
      readonly downMs: number
    }
  | {
      readonly what: 'freeze'
      readonly victim: number
      readonly ms: number
      readonly isNetworkFirst: boolean
      /** Another process takes its place meanwhile, under the same instance id. */
      readonly isReplaced: boolean
    }
  | { readonly what: 'cut'; readonly victim: number; readonly ms: number }
  | { readonly what: 'rebalance'; readonly definition: string }
  | { readonly what: 'slow'; readonly place: string; readonly ms: number }
  | { readonly what: 'echo' }

export interface Plan {
  readonly definitions: readonly [string, ...string[]]
  readonly partitions: number
  readonly processes: readonly {
    readonly definitions: readonly string[]
    readonly skewMs: number
    /** Versions served at first, the newest first; in the end everybody serves all. */
    readonly versions: readonly string[]
  }[]
  readonly isStatic: boolean
  readonly clients: number
  readonly concurrency: number
  readonly settings: Partial<KernelSettings>
  readonly faults: Faults
  readonly happenings: readonly Timed<Happening>[]
  readonly requests: readonly Timed<Request>[]
  readonly faultyMs: number
}

const names = ['review', 'inspection', 'scan'] as const

export const allVersions: readonly string[] = ['2', '1']

export function drawPlan(draw: Draw): Plan {
  const definitions: [string, ...string[]] = ['review', ...names.slice(1, draw.int(2, 3))]
  const partitions = draw.int(1, 3)
  const faults = drawFaults(draw)
  const faultyMs = draw.int(8_000, 40_000)
  const sessionTimeoutMs = draw.int(500, 4_000)
  const isUpgrade = draw.chance(0.2)
  const processes = draw.times(draw.int(1, 3), (index) => ({
    definitions: index === 0 || draw.chance(0.8) ? definitions : [draw.pick(definitions)],
    skewMs: draw.int(-faults.longestSkewMs, faults.longestSkewMs),
    versions: isUpgrade && draw.chance(0.5) ? ['1'] : allVersions,
  }))
  const settings: Partial<KernelSettings> = {
    sessionTimeoutMs,
    deduplicationMs: draw.chance(0.4) ? 86_400_000 : draw.int(1_000, draw.int(2_000, 40_000)),
    coldAfterMs: draw.int(200, 8_000),
    checkpointBytes: draw.chance(0.8) ? draw.int(500, 8_000) : 16 * 1024 * 1024,
    commitBytes: draw.chance(0.5) ? 768 * 1024 : draw.int(1_500, 6_000),
    keepsHistory: draw.chance(0.4),
    positionDelayMs: draw.int(5, 200),
    inboxRetentionMs: draw.chance(0.3) ? draw.int(1_000, 30_000) : 604_800_000,
  }
  return {
    ...{ definitions, partitions, processes, settings, faults, faultyMs },
    isStatic: draw.chance(0.5),
    clients: draw.int(1, 2),
    concurrency: draw.chance(0.3) ? draw.int(1, 4) : 1_000,
    happenings: drawHappenings(draw, faults, {
      definitions,
      partitions,
      faultyMs,
      sessionTimeoutMs,
    }),
    requests: drawRequests(draw, {
      ...{ definitions, spanMs: faultyMs },
      ...{ starts: [4, 22], longestMs: [50, 8_000], dispatches: false },
    }),
  }
}

/** Each kind alone and in company: a few kinds a seed, each rare or frequent. */
function drawFaults(draw: Draw): Faults {
  const isOn = (chance: number) => draw.chance(chance)
  const some = (chance: number, most: number) => (isOn(chance) ? draw.int(1, most) : 0)
  return {
    crashes: some(0.5, 5),
    freezes: some(0.45, 4),
    cuts: some(0.3, 4),
    rebalances: some(0.3, 5),
    stops: some(0.25, 3),
    slowPlaces: some(0.25, 4),
    echoes: some(0.35, 12),
    failedAppend: isOn(0.45) ? draw.int(1, 15) / 100 : 0,
    crashInAppend: isOn(0.35) ? draw.int(1, 10) / 1_000 : 0,
    latestCopyMs: draw.int(10, 6_000),
    longestHopMs: draw.int(1, 12),
    longestSkewMs: isOn(0.3) ? draw.int(1, 500) : 0,
    failedRequest: isOn(0.2) ? draw.int(1, 20) / 100 : 0,
    slowDecode: isOn(0.15) ? draw.int(1, 20) / 100 : 0,
    slowTurns: isOn(0.2) ? draw.int(1, 10) / 100 : 0,
  }
}

function drawHappenings(
  draw: Draw,
  faults: Faults,
  of: Pick<Plan, 'definitions' | 'partitions' | 'faultyMs'> & { readonly sessionTimeoutMs: number },
): readonly Timed<Happening>[] {
  const timed = (count: number, make: () => Happening) =>
    draw.times(count, () => ({ atMs: draw.int(200, of.faultyMs), it: make() }))
  const victim = () => draw.int(0, 9)
  const pause = () =>
    draw.chance(0.6)
      ? of.sessionTimeoutMs + draw.duration(4_000)
      : draw.duration(of.sessionTimeoutMs)
  const place = () =>
    `${draw.pick(of.definitions)}.${draw.pick(['journal', 'inbox', 'results'])}/${String(draw.int(0, of.partitions - 1))}`
  return [
    ...timed(faults.crashes, () => ({
      ...{ what: 'crash', victim: victim(), downMs: draw.duration(5_000) },
      isSameInstance: draw.chance(0.7),
    })),
    ...timed(faults.freezes, () => ({
      what: 'freeze',
      victim: victim(),
      ms: pause(),
      isNetworkFirst: draw.chance(0.5),
      isReplaced: draw.chance(0.25),
    })),
    ...timed(faults.cuts, () => ({ what: 'cut', victim: victim(), ms: pause() })),
    ...timed(faults.rebalances, () => ({
      what: 'rebalance',
      definition: draw.pick(of.definitions),
    })),
    ...timed(faults.stops, () => ({
      what: 'stop',
      victim: victim(),
      graceMs: draw.duration(3_000),
      downMs: draw.duration(3_000),
    })),
    ...timed(faults.slowPlaces, () => ({ what: 'slow', place: place(), ms: draw.int(200, 5_000) })),
    ...timed(faults.echoes, () => ({ what: 'echo' })),
  ]
}
