/**
 * One trial: a Kafka of its own, workers and clients in processes of theirs, everything that the plan
 * says goes wrong, then quiet, then the checker over the real topics.
 */

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import type { Platform } from '../../deploy/local/libraries.ts'
import type { Sabotage } from '../../runtime/durable/sabotage.ts'
import { kafkaLog, kafkaTopicAdmin } from '../../runtime/log/kafka/kafka-log.ts'
import type { Log, LogRecord } from '../../runtime/log/port.ts'
import type { Census } from '../../runtime/testing/checker/census.ts'
import { check } from '../../runtime/testing/checker/check.ts'
import type { Codec } from '../../schemas/codec.ts'
import {
  deadLettersPlan,
  definitionTopicPlans,
  definitionTopics,
  topicPlan,
} from '../../schemas/index.ts'
import { outsider } from '../kafka/outsider.ts'
import { readTopics, untilQuiet } from '../kafka/topics-evidence.ts'
import { claimsOf, notesTopic } from '../workload/definitions.ts'
import { readEffectLines } from '../workload/effect-lines.ts'
import { checkTold } from '../workload/told.ts'
import { checkHistory } from './check-history.ts'
import { Child } from './child.ts'
import { Ready, Refused, Told } from './client-options.ts'
import { History, historyTopic } from './history-options.ts'
import { Nodes } from './nodes.ts'
import { drawPlan, type FaultKind, type Plan, type PlanOptions } from './plan.ts'
import { Proxy } from './proxy.ts'
import { SinkClient } from './sink-client.ts'
import { canMount } from './small-disk.ts'
import { Storm } from './storm.ts'
import { clientWire, historyWire, Trouble, type Scene } from './trouble.ts'
import { Workers } from './workers.ts'

const quietMs = 8_000
const longestQuietMs = 120_000
const longestSkewMs = 3_700_000

export interface TrialOptions extends PlanOptions {
  readonly seed: number
  readonly platform: Platform
  readonly registryUrl: string
  readonly codec: Codec
  /** Of every worker, to show that the trial notices. */
  readonly sabotage: Sabotage | undefined
  /** Everything of the trial is kept here. */
  readonly folder: string
  readonly users: string
  readonly lock: string
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
  const plan = drawPlan(options.seed, options)
  mkdirSync(options.folder, { recursive: true })
  const closing: (() => unknown)[] = []
  try {
    return await perform(plan, options, (close) => closing.push(close))
  } finally {
    for (const close of closing.reverse()) await close()
  }
}

type Closing = (close: () => unknown) => void

async function perform(plan: Plan, options: TrialOptions, onClose: Closing): Promise<TrialReport> {
  const { codec, folder, registryUrl, platform, users, lock } = options
  const nodes = await Nodes.start({
    ...{ count: plan.brokers, platform, folder, users, lock },
    hasSmallDisk: canMount() && plan.faults.some(({ it }) => it.what === 'disk full'),
  })
  onClose(() => nodes.close())
  const brokers = [...nodes.addresses]
  await createTopics(brokers, plan)

  const proxy = await Proxy.open()
  onClose(() => proxy.close())
  const sinkFile = join(folder, 'effects.jsonl')
  const sink = new Child({
    program: 'sink.ts',
    argument: sinkFile,
    output: join(folder, 'sink.log'),
  })
  onClose(() => sink.kill())
  const { port: sinkPort } = await sink.next(z.object({ port: z.int() }))

  const { definitions, concurrency, settings } = plan
  const reach = { brokers, registryUrl, proxyPort: proxy.port }
  const { sabotage } = options
  const common = {
    ...{ ...reach, sinkPort, definitions: [...definitions], concurrency, settings },
    ...(sabotage !== undefined && { sabotage }),
  }
  const workers = await Workers.start({ plan, common, folder })
  onClose(() => workers.close())
  const clientOptions = { ...reach, wire: clientWire, seed: plan.seed }
  const client = new Child({
    program: 'client.ts',
    argument: JSON.stringify({
      ...clientOptions,
      plan: { brokers: options.brokers, faults: options.faults },
    }),
    output: join(folder, 'client.log'),
  })
  onClose(() => client.kill())
  const writer = new Child({
    program: 'history.ts',
    argument: JSON.stringify({
      ...{ ...reach, wire: historyWire, partitions: plan.partitions },
      sessionTimeoutMs: settings.sessionTimeoutMs,
    }),
    output: join(folder, 'history.log'),
  })
  onClose(() => writer.kill())
  await Promise.all([client.next(Ready), writer.next(Ready)])
  const stormSink = await SinkClient.connect(sinkPort)
  onClose(() => stormSink.close())
  const storm = new Storm({ ...{ plan, brokers, codec }, sink: stormSink })
  const log = kafkaLog({ brokers, clientId: 'chaos' })
  onClose(() => log.close())

  const scene = { plan, nodes, proxy, workers, client, sink, storm, codec }
  const trouble = new Trouble({
    ...scene,
    outsider: outsider(brokers, { retry: { retries: 60, maxRetryTime: 2_000 } }),
  })
  client.tell({ what: 'go' })
  await Promise.all([
    sleep(plan.spanMs),
    ...plan.faults.map(async ({ atMs, it }) => {
      await sleep(atMs)
      await trouble.make(it)
    }),
  ])

  const violations: string[] = []
  if (!(await becomesQuiet(log, plan))) violations.push('J9 the system never became quiet')
  const history = await writer.ask({}, History)
  writeFileSync(join(folder, 'history.json'), JSON.stringify(history))
  if (plan.addsPartitions) violations.push(...(await addPartitions(scene, trouble, brokers, log)))
  const told = await client.ask({ what: 'finish' }, Told)
  violations.push(...workers.failures)
  if (sink.hasEnded) violations.push('the sink ended')

  const quietAt = Date.now()
  const hasJumps = plan.faults.some(({ it }) => it.what === 'clock jump')
  const topics = await readTopics(log, { definitions, published: [notesTopic] })
  const verdict = await check(codec, {
    ...{
      ...topics,
      effects: readEffectLines(readFileSync(sinkFile, 'utf8')),
      quietAt,
      claimsOf,
      answers: told.answers,
    },
    ...(hasJumps && { skewMs: longestSkewMs }),
    checkpointBytes: settings.checkpointBytes,
    faultyCodes: ['NONDETERMINISM', 'FOREIGN_AWAIT'],
  })
  const asked = checkTold(codec, definitions, topics.records, told.open)
  for (const { rule, message } of [...verdict.violations, ...asked]) {
    violations.push(`${rule} ${message}`)
  }
  const there = await recordsOf(log, plan.partitions)
  violations.push(...checkHistory(history, there))
  const acknowledged = history.appends.filter(({ base }) => base !== null).length
  return {
    ...{ seed: plan.seed, brokers: plan.brokers, violations, faults: trouble.done },
    totals: {
      ...verdict.census,
      ...{ inFlight: trouble.inFlight, answers: told.answers.length },
      historyAcknowledged: acknowledged,
      historyUnknown: history.appends.length - acknowledged,
      historyRecords: there.length,
    },
  }
}

async function createTopics(brokers: readonly string[], plan: Plan): Promise<void> {
  const admin = kafkaTopicAdmin({ brokers: [...brokers], clientId: 'chaos' })
  const replicationFactor = plan.brokers
  const planned = { partitions: plan.partitions, replicationFactor }
  await admin.create([
    ...plan.definitions.flatMap((name) => definitionTopicPlans(name, planned)),
    deadLettersPlan({ partitions: 1, replicationFactor }),
    topicPlan(notesTopic, {}, { partitions: 1, replicationFactor }),
    topicPlan(historyTopic, {}, planned),
  ])
  await admin.close()
}

/** Whether nothing moves any more, in good time. */
async function becomesQuiet(log: Log, { definitions }: Plan): Promise<boolean> {
  const quiet = untilQuiet(log, definitions, quietMs).then(() => true)
  return Promise.race([quiet, sleep(longestQuietMs, false)])
}

/** A topic of a definition that serves gets more partitions: nobody starts with it, nothing is lost. */
async function addPartitions(
  { plan, workers, client }: Omit<Scene, 'outsider'>,
  trouble: Trouble,
  brokers: readonly string[],
  log: Log,
): Promise<readonly string[]> {
  trouble.count('partitions added')
  const topic = definitionTopics(plan.definitions[0]).inbox
  const admin = outsider(brokers).admin()
  await admin.connect()
  await admin.createPartitions({ topicPartitions: [{ topic, count: plan.partitions + 1 }] })
  await admin.disconnect()
  // Brokers tell of it within their own time.
  await sleep(1_000)
  const outcome = await workers.tryOneMore()
  const { code } = await client.ask({ what: 'be new' }, Refused)
  client.tell({ what: 'same start', times: 5 })
  const isQuiet = await becomesQuiet(log, plan)
  return [
    ...(outcome === 1 ? [] : [`a worker started on topics that differ: ${String(outcome)}`]),
    ...(code === 'TOPIC_MISMATCH' ? [] : [`a client sent to topics that differ: ${code}`]),
    ...(isQuiet ? [] : ['J9 the system never became quiet after partitions were added']),
  ]
}

async function recordsOf(log: Log, partitions: number) {
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
