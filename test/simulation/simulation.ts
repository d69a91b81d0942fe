/**
 * One seed: a cluster, processes and clients under one clock, everything that goes wrong, then quiet,
 * then the checker.
 */

import { memoryCluster } from '../../runtime/log/memory.ts'
import type { Sabotage } from '../../runtime/durable/sabotage.ts'
import type { Logger } from '../../runtime/logger.ts'
import { check } from '../../runtime/testing/checker/check.ts'
import type { Evidence } from '../../runtime/testing/checker/evidence.ts'
import type { Census } from '../../runtime/testing/checker/census.ts'
import type { Violation } from '../../runtime/testing/checker/violation.ts'
import { VirtualClock } from '../../runtime/testing/virtual-clock.ts'
import { createCodec, memorySchemaStore, type Codec } from '../../schemas/codec.ts'
import {
  deadLettersPlan,
  definitionTopicPlans,
  definitionTopics,
  topicPlan,
} from '../../schemas/topics.ts'
import { Clients } from '../workload/clients.ts'
import { claimsOf, notesTopic } from '../workload/definitions.ts'
import { Draw } from '../workload/draw.ts'
import { checkTold } from '../workload/told.ts'
import { connectClients } from './connect-clients.ts'
import { Network, type NetworkCounts } from './network.ts'
import { drawPlan, type Plan } from './plan.ts'
import { Population, type PopulationCounts } from './population.ts'
import { World } from './world.ts'

/** Nothing of the workload or the kernel waits for longer than this and then acts. */
const quietMs = 45_000
const longestQuietPhaseMs = 1_800_000

export interface SimulationOptions {
  readonly sabotage?: Sabotage
  /** One for many seeds saves making it. */
  readonly codec?: Codec
  /** Logs of each process, for looking at one seed. */
  readonly loggerOf?: (process: string, clock: VirtualClock) => Logger
  /** Called with what the checker is about to see. */
  readonly inspect?: (evidence: Evidence, codec: Codec) => void
}

export interface SeedReport {
  readonly seed: number
  readonly violations: readonly Violation[]
  readonly totals: Census & NetworkCounts & PopulationCounts
  /** The plan, for a person. */
  readonly plan: Plan
}

export async function simulate(seed: number, options: SimulationOptions = {}): Promise<SeedReport> {
  const draw = new Draw(`simulation ${String(seed)}`)
  const plan = drawPlan(draw.fork())
  const clock = new VirtualClock()
  const codec = options.codec ?? (await createCodec(memorySchemaStore()))
  const hops = draw.fork()
  const cluster = memoryCluster({
    clock,
    topics: topicsOf(plan),
    latencyMs: () => hops.int(1, plan.faults.longestHopMs),
  })
  const network = new Network(clock, cluster, codec, plan.faults, draw.fork())
  const world = new World()
  const around = { clock, cluster, codec, network, world }
  const population = new Population(around, plan, draw.fork(), options)
  const asking = draw.fork()
  const clients = new Clients({
    clients: connectClients(around, plan.clients, asking),
    ...{ definitions: plan.definitions, draw: asking, now: () => clock.now() },
  })

  const begin = clock.now()
  for (const { atMs, it } of plan.requests) clock.after(atMs, () => clients.ask(it))
  for (const { atMs, it } of plan.happenings) clock.after(atMs, () => population.happen(it))
  while (clock.now() < begin + plan.faultyMs && (await clock.step(begin + plan.faultyMs)));
  network.calm()
  population.calm()
  const latest = clock.now() + longestQuietPhaseMs
  const isQuiet = () => clock.now() - network.lastRequestAt > quietMs
  while (!isQuiet() && clock.now() < latest && (await clock.step()));

  const violations: Violation[] = []
  if (!isQuiet()) violations.push({ rule: 'J9', message: 'the system never became quiet' })
  const records = topicsOf(plan).flatMap(({ name, partitions }) =>
    Array.from({ length: partitions }, (_, partition) => cluster.dump(name, partition)).flat(),
  )
  const evidence: Evidence = {
    definitions: plan.definitions,
    records,
    effects: world.effects,
    lows: await lowsOf(),
    quietAt: clock.now(),
    skewMs: plan.faults.longestSkewMs,
    checkpointBytes: plan.settings.checkpointBytes ?? Infinity,
    hasExactTimes: true,
    faultyCodes: ['NONDETERMINISM', 'FOREIGN_AWAIT'],
    claimsOf,
    answers: clients.answers,
  }
  options.inspect?.(evidence, codec)
  const verdict = await check(codec, evidence)
  violations.push(
    ...verdict.violations,
    ...checkTold(codec, plan.definitions, records, clients.open),
  )
  return {
    seed,
    violations,
    totals: { ...verdict.census, ...network.counts, ...population.counts },
    plan,
  }

  async function lowsOf(): Promise<ReadonlyMap<string, bigint>> {
    const log = cluster.connect()
    const lows = new Map<string, bigint>()
    for (const definition of plan.definitions) {
      const { journal, inbox } = definitionTopics(definition)
      for (const topic of [journal, inbox]) {
        for (let partition = 0; partition < plan.partitions; partition += 1) {
          const offsets = log.offsets(topic, partition)
          await clock.advance(100)
          lows.set(`${topic}/${String(partition)}`, (await offsets).low)
        }
      }
    }
    return lows
  }
}

/** The same, where a rejection that a process leaves unhandled, and so dies of, is a violation. */
export async function simulateSafely(
  seed: number,
  options: SimulationOptions = {},
): Promise<SeedReport> {
  const unhandled: Violation[] = []
  const note = (error: unknown) => {
    const what = error instanceof Error ? (error.stack ?? error.message) : String(error)
    unhandled.push({ rule: 'J9', message: `a process dies of an unhandled rejection: ${what}` })
  }
  process.on('unhandledRejection', note)
  try {
    const report = await simulate(seed, options)
    return { ...report, violations: [...unhandled, ...report.violations] }
  } finally {
    process.off('unhandledRejection', note)
  }
}

function topicsOf({ definitions, partitions }: Plan) {
  const options = { partitions, replicationFactor: 1 }
  return [
    ...definitions.flatMap((definition) => definitionTopicPlans(definition, options)),
    deadLettersPlan({ partitions: 1, replicationFactor: 1 }),
    topicPlan(notesTopic, {}, { partitions: 2, replicationFactor: 1 }),
  ]
}
