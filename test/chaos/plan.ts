/** Everything that a seed decides before a trial begins. What the machine makes of it is its own. */

import { Draw } from '../workload/draw.ts'
import { drawRequests, type Request, type Timed } from '../workload/requests.ts'
import { points, type Point, type WorkerOptions } from './worker-options.ts'

export const directions = ['to the broker', 'from the broker', 'both ways'] as const

export type Direction = (typeof directions)[number]

export const foreignKinds = ['bytes', 'other schema', 'large', 'empty', 'transaction'] as const

export type ForeignKind = (typeof foreignKinds)[number]

/** What goes wrong; `seat` and `node` count modulo those that there are. */
export type Fault =
  | { readonly what: 'kill'; readonly seat: number; readonly downMs: number }
  | {
      readonly what: 'kill at a point'
      readonly seat: number
      readonly point: Point
      /** The worker dies when it passes there for this time. */
      readonly times: number
      readonly downMs: number
    }
  /** A zombie: stopped, for longer than its session or not, and woken. */
  | {
      readonly what: 'freeze'
      readonly seat: number
      readonly ms: number
      /** Another process takes its place meanwhile, under the same instance id. */
      readonly isReplaced: boolean
    }
  | { readonly what: 'rolling restart' }
  /** The clock of one worker is wrong by an hour, for a while. */
  | {
      readonly what: 'clock jump'
      readonly seat: number
      readonly byMs: number
      readonly forMs: number
    }
  | { readonly what: 'rebalance storm'; readonly members: number; readonly forMs: number }
  | { readonly what: 'kill a broker'; readonly node: number | 'leader'; readonly downMs: number }
  | { readonly what: 'freeze a broker'; readonly node: number; readonly ms: number }
  | { readonly what: 'rolling restart of brokers' }
  | { readonly what: 'disk full'; readonly forMs: number }
  | {
      readonly what: 'latency'
      readonly wire: number
      readonly ms: number
      readonly jitterMs: number
      readonly forMs: number
    }
  | {
      readonly what: 'hang'
      readonly wire: number
      readonly direction: Direction
      readonly forMs: number
    }
  | { readonly what: 'reset'; readonly wire: number }
  | {
      readonly what: 'slow network'
      readonly wire: number
      readonly bytesPerSecond: number
      readonly forMs: number
    }
  | {
      readonly what: 'foreign records'
      readonly kind: ForeignKind
    }
  | { readonly what: 'same start'; readonly times: number }
  /** Bodies under way hang: the world answers none of them. */
  | { readonly what: 'hanging bodies'; readonly forMs: number }

export type FaultKind = Fault['what'] | 'partitions added'

export interface Plan {
  readonly seed: number
  readonly brokers: 1 | 3
  readonly definitions: readonly [string, ...string[]]
  readonly partitions: number
  readonly workers: number
  /** Workers have instance ids, and come back under them. */
  readonly isStatic: boolean
  readonly concurrency: number
  readonly settings: WorkerOptions['settings']
  readonly spanMs: number
  readonly requests: readonly Timed<Request>[]
  readonly faults: readonly Timed<Fault>[]
  /** Whether partitions are added to a topic in the end: they cannot be taken back. */
  readonly addsPartitions: boolean
}

export interface PlanOptions {
  readonly brokers: 1 | 3
  readonly faults: number
}

export function drawPlan(seed: number, { brokers, faults }: PlanOptions): Plan {
  const draw = new Draw(`chaos ${String(seed)}`)
  const definitions = ['review', 'inspection', 'scan'] as const
  const spanMs = draw.int(12_000, 20_000)
  const sessionTimeoutMs = draw.int(1_500, 4_000)
  const settings = {
    sessionTimeoutMs,
    coldAfterMs: draw.int(300, 6_000),
    checkpointBytes: draw.chance(0.8) ? draw.int(4_000, 100_000) : 16 * 1024 * 1024,
    positionDelayMs: draw.int(20, 200),
  }
  const planned = {
    ...{ seed, brokers, definitions, settings, spanMs },
    partitions: draw.int(2, 4),
    workers: draw.int(2, 3),
    isStatic: draw.chance(0.6),
    concurrency: draw.chance(0.2) ? draw.int(2, 8) : 1_000,
  }
  const requests = drawRequests(draw.fork(), {
    ...{ definitions, spanMs, dispatches: true },
    ...{ starts: [100, 400], longestMs: [200, 3_000] },
  })
  const addsPartitions = draw.chance(0.2)
  const timed = drawFaults(draw.fork(), planned, addsPartitions ? faults - 1 : faults)
  return { ...planned, requests, faults: timed, addsPartitions }
}

type Planned = Pick<Plan, 'brokers' | 'spanMs' | 'settings'>

/** Every kind; a disk can be filled only where one can be mounted. */
export function faultKinds(hasSmallDisk: boolean): readonly FaultKind[] {
  const settings = { sessionTimeoutMs: 1, coldAfterMs: 1, checkpointBytes: 1, positionDelayMs: 1 }
  const kinds = ([1, 3] as const).flatMap((brokers) =>
    faultMakers(new Draw('kinds'), { brokers, settings, spanMs: 1 }).map((make) => make().what),
  )
  const all = new Set<FaultKind>([...kinds, 'partitions added'])
  if (!hasSmallDisk) all.delete('disk full')
  return [...all]
}

/** Kinds that take a trial's whole attention for long come once in it at most. */
const longKinds: ReadonlySet<FaultKind> = new Set<FaultKind>([
  'rebalance storm',
  'freeze a broker',
  'rolling restart of brokers',
  'disk full',
])

function drawFaults(draw: Draw, planned: Planned, count: number): readonly Timed<Fault>[] {
  const makers = faultMakers(draw, planned)
  // Often the same few over and over, so that they meet each other.
  const few = draw.chance(0.5) ? draw.times(3, () => draw.pick(makers)) : makers
  const faults: Timed<Fault>[] = []
  const long = new Set<FaultKind>()
  for (let tries = 0; faults.length < count && tries < 10 * count; tries += 1) {
    const fault = (draw.any(draw.chance(0.7) ? few : makers) ?? makers[0])()
    if (long.has(fault.what)) continue
    if (longKinds.has(fault.what)) long.add(fault.what)
    faults.push({ atMs: draw.int(1_000, planned.spanMs), it: fault })
  }
  return faults
}

type Makers = readonly [() => Fault, ...(() => Fault)[]]

function faultMakers(draw: Draw, { brokers, settings }: Planned): Makers {
  const session = settings.sessionTimeoutMs
  const seat = () => draw.int(0, 9)
  const pause = () =>
    draw.chance(0.6) ? session + draw.int(500, 4_000) : draw.int(100, Math.max(session, 101))
  const any: Makers = [
    () => ({ what: 'kill', seat: seat(), downMs: draw.duration(3_000) }),
    () => ({
      ...{ what: 'kill at a point', seat: seat(), point: draw.pick(points) },
      ...{ times: draw.int(1, 40), downMs: draw.duration(2_000) },
    }),
    () => ({
      ...{ what: 'kill at a point', seat: seat(), point: draw.pick(points) },
      ...{ times: draw.int(1, 5), downMs: draw.duration(500) },
    }),
    () => ({ what: 'freeze', seat: seat(), ms: pause(), isReplaced: draw.chance(0.3) }),
    () => ({ what: 'freeze', seat: seat(), ms: session + draw.int(500, 4_000), isReplaced: false }),
    () => ({ what: 'rolling restart' }),
    () => ({
      ...{ what: 'clock jump', seat: seat(), byMs: draw.chance(0.5) ? 3_600_000 : -3_600_000 },
      forMs: draw.int(500, 5_000),
    }),
    () => ({ what: 'rebalance storm', members: 10, forMs: draw.int(5_000, 60_000) }),
    () => ({
      ...{ what: 'kill a broker', node: draw.chance(0.5) ? ('leader' as const) : seat() },
      downMs: draw.duration(4_000),
    }),
    () => ({ what: 'freeze a broker', node: seat(), ms: draw.int(5_000, draw.int(6_000, 40_000)) }),
    () => ({
      ...{ what: 'latency', wire: seat(), ms: draw.int(5, 300), jitterMs: draw.int(0, 200) },
      forMs: draw.int(1_000, 6_000),
    }),
    () => ({
      ...{ what: 'hang', wire: seat(), direction: draw.pick(directions) },
      forMs: pause(),
    }),
    () => ({ what: 'reset', wire: seat() }),
    () => ({
      ...{ what: 'slow network', wire: seat(), bytesPerSecond: draw.int(2_000, 100_000) },
      forMs: draw.int(1_000, 6_000),
    }),
    () => ({
      what: 'foreign records',
      kind: draw.pick(foreignKinds),
    }),
    () => ({ what: 'same start', times: 100 }),
    () => ({ what: 'hanging bodies', forMs: draw.int(500, 6_000) }),
  ]
  return brokers === 3
    ? [...any, () => ({ what: 'rolling restart of brokers' })]
    : [...any, () => ({ what: 'disk full', forMs: draw.int(500, 4_000) })]
}
