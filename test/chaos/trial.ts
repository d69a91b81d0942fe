/**
 * One trial: load, everything that the plan says goes wrong, then quiet, then the checker over the
 * real topics.
 */

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Log, LogRecord } from '../../runtime/log/port.ts'
import type { Census } from '../../runtime/testing/checker/census.ts'
import { check } from '../../runtime/testing/checker/check.ts'
import { definitionTopics } from '../../schemas/index.ts'
import { readTopics, untilQuiet } from '../kafka/topics-evidence.ts'
import { claimsOf, notesTopic } from '../workload/definitions.ts'
import { readEffectLines } from '../workload/effect-lines.ts'
import { checkTold } from '../workload/told.ts'
import { checkHistory } from './check-history.ts'
import { Refused, Told } from './client-options.ts'
import { History, historyTopic } from './history-options.ts'
import { drawPlan, type FaultKind } from './plan.ts'
import { withScene, type Scene, type SceneOptions } from './scene.ts'
import { Trouble } from './trouble.ts'

const quietMs = 8_000
const longestQuietMs = 120_000
const longestSkewMs = 3_700_000

export interface TrialOptions extends SceneOptions {
  readonly seed: number
}

export interface TrialReport {
  readonly seed: number
  readonly brokers: 1 | 3
  readonly violations: readonly string[]
  readonly faults: ReadonlyMap<FaultKind, number>
  readonly totals: Census & HistoryCounts & { readonly inFlight: number; readonly answers: number }
}

interface HistoryCounts {
  readonly historyAcknowledged: number
  readonly historyUnknown: number
  readonly historyRecords: number
}

export async function runTrial(options: TrialOptions): Promise<TrialReport> {
  return withScene(drawPlan(options.seed, options), options, async (scene) => {
    const trouble = new Trouble(scene)
    await disturb(scene, trouble)
    const violations: string[] = []
    if (!(await becomesQuiet(scene))) violations.push('J9 the system never became quiet')
    const history = await scene.historian.ask({}, History)
    writeFileSync(join(options.folder, 'history.json'), JSON.stringify(history))
    if (scene.plan.addsPartitions) violations.push(...(await addPartitions(scene, trouble)))
    violations.push(...scene.workers.failures)
    if (scene.sink.hasEnded) violations.push('the sink ended')
    return judge(scene, trouble, history, violations)
  })
}

/** Lets the load begin; resolves when all faults have been made and their causes are gone. */
async function disturb({ plan, client }: Scene, trouble: Trouble): Promise<void> {
  client.tell({ what: 'go' })
  const faults = plan.faults.map(async ({ atMs, it }) => {
    await sleep(atMs)
    await trouble.make(it)
  })
  await Promise.all([sleep(plan.spanMs), ...faults])
}

async function judge(
  { plan, codec, log, client, effectsFile }: Scene,
  trouble: Trouble,
  history: History,
  seen: readonly string[],
): Promise<TrialReport> {
  const { definitions, settings, seed, brokers } = plan
  const told = await client.ask({ what: 'finish' }, Told)
  const quietAt = Date.now()
  const hasJumps = plan.faults.some(({ it }) => it.what === 'clock jump')
  const topics = await readTopics(log, { definitions, published: [notesTopic] })
  const effects = readEffectLines(readFileSync(effectsFile, 'utf8'))
  const { violations, census } = await check(codec, {
    ...{ ...topics, effects, quietAt, claimsOf, answers: told.answers },
    ...(hasJumps && { skewMs: longestSkewMs }),
    checkpointBytes: settings.checkpointBytes,
    faultyCodes: ['NONDETERMINISM', 'FOREIGN_AWAIT'],
  })
  const asked = checkTold(codec, definitions, topics.records, told.open)
  const there = await historyRecords(log, plan.partitions)
  const acknowledged = history.appends.filter(({ base }) => base !== null).length
  return {
    ...{ seed, brokers, faults: trouble.done },
    violations: [
      ...seen,
      ...[...violations, ...asked].map(({ rule, message }) => `${rule} ${message}`),
      ...checkHistory(history, there),
    ],
    totals: {
      ...census,
      ...{ inFlight: trouble.inFlight, answers: told.answers.length },
      historyAcknowledged: acknowledged,
      historyUnknown: history.appends.length - acknowledged,
      historyRecords: there.length,
    },
  }
}

/** Whether nothing moves any more, in good time. */
async function becomesQuiet({ log, plan }: Scene): Promise<boolean> {
  const quiet = untilQuiet(log, plan.definitions, quietMs).then(() => true)
  return Promise.race([quiet, sleep(longestQuietMs, false)])
}

/** A topic of a definition that serves gets more partitions: nobody starts with it, nothing is lost. */
async function addPartitions(scene: Scene, trouble: Trouble): Promise<readonly string[]> {
  const { plan, workers, client, outsider } = scene
  trouble.count('partitions added')
  const topic = definitionTopics(plan.definitions[0]).inbox
  const admin = outsider.admin()
  await admin.connect()
  await admin.createPartitions({ topicPartitions: [{ topic, count: plan.partitions + 1 }] })
  await admin.disconnect()
  // Brokers tell of it within their own time.
  await sleep(1_000)
  const outcome = await workers.tryOneMore()
  const { code } = await client.ask({ what: 'be new' }, Refused)
  client.tell({ what: 'same start', times: 5 })
  const isQuiet = await becomesQuiet(scene)
  return [
    ...(outcome === 1 ? [] : [`a worker started on topics that differ: ${String(outcome)}`]),
    ...(code === 'TOPIC_MISMATCH' ? [] : [`a client sent to topics that differ: ${code}`]),
    ...(isQuiet ? [] : ['J9 the system never became quiet after partitions were added']),
  ]
}

async function historyRecords(log: Log, partitions: number) {
  const all: LogRecord[] = []
  for (let partition = 0; partition < partitions; partition += 1) {
    const { low, high } = await log.offsets(historyTopic, partition)
    if (low === high) continue
    for await (const records of log.read({ topic: historyTopic, partition, from: low, to: high })) {
      all.push(...records)
    }
  }
  return all.map(({ partition, offset, value }) => ({
    partition,
    offset: String(offset),
    value: Buffer.from(value ?? []).toString(),
  }))
}
