/** Everything that a trial plays on: a Kafka of its own, and processes that work on it. */

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { Platform } from '../../deploy/local/libraries.ts'
import type { Sabotage } from '../../runtime/durable/sabotage.ts'
import { kafkaTopicAdmin } from '../../runtime/log/kafka/admin.ts'
import { kafkaLog } from '../../runtime/log/kafka/kafka-log.ts'
import type { Log } from '../../runtime/log/port.ts'
import type { Codec } from '../../schemas/codec.ts'
import { deadLettersPlan, definitionTopicPlans, topicPlan } from '../../schemas/index.ts'
import { outsider } from '../kafka/outsider.ts'
import { notesTopic } from '../workload/definitions.ts'
import { Child } from './child.ts'
import { Ready, type ClientOptions } from './client-options.ts'
import { historyTopic, type HistoryOptions } from './history-options.ts'
import { Nodes } from './nodes.ts'
import type { Plan, PlanOptions } from './plan.ts'
import { Proxy } from './proxy.ts'
import { SinkClient } from './sink-client.ts'
import { canMount } from './small-disk.ts'
import { Storm } from './storm.ts'
import { Workers } from './workers.ts'

export interface SceneOptions extends PlanOptions {
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

export interface Scene {
  readonly plan: Plan
  readonly codec: Codec
  readonly nodes: Nodes
  readonly proxy: Proxy
  readonly sink: Child
  /** What the sink writes. */
  readonly effectsFile: string
  readonly workers: Workers
  readonly client: Child
  /** Writes the history, and reads it. */
  readonly historian: Child
  readonly storm: Storm
  /** Another's client, and a log of ours, both straight to the brokers. */
  readonly outsider: ReturnType<typeof outsider>
  readonly log: Log
}

/** Wires beside those of the seats. */
export const clientWire = 20
export const historyWire = 21

/** Does something with a scene, and clears it away. */
export async function withScene<T>(
  plan: Plan,
  options: SceneOptions,
  play: (scene: Scene) => Promise<T>,
): Promise<T> {
  const closing: (() => unknown)[] = []
  try {
    return await play(await open(plan, options, (close) => closing.push(close)))
  } finally {
    for (const close of closing.reverse()) await close()
  }
}

type OnClose = (close: () => unknown) => void

async function open(plan: Plan, options: SceneOptions, onClose: OnClose): Promise<Scene> {
  const { codec, folder, registryUrl, platform, users, lock, sabotage } = options
  mkdirSync(folder, { recursive: true })
  const child = (program: string, argument: string, output: string) => {
    const started = new Child({ program, argument, output: join(folder, output) })
    onClose(() => started.kill())
    return started
  }
  const nodes = await Nodes.start({
    ...{ count: plan.brokers, platform, folder, users, lock },
    hasSmallDisk: canMount() && plan.faults.some(({ it }) => it.what === 'disk full'),
  })
  onClose(() => nodes.close())
  const brokers = [...nodes.addresses]
  await createTopics(brokers, plan)
  const proxy = await Proxy.open()
  onClose(() => proxy.close())
  const effectsFile = join(folder, 'effects.jsonl')
  const sink = child('sink.ts', effectsFile, 'sink.log')
  const { port: sinkPort } = await sink.next(z.object({ port: z.int() }))

  const { definitions, concurrency, settings, partitions, seed } = plan
  const reach = { brokers, registryUrl, proxyPort: proxy.port }
  const common = {
    ...{ ...reach, sinkPort, definitions: [...definitions], concurrency, settings },
    ...(sabotage !== undefined && { sabotage }),
  }
  const workers = await Workers.start({ plan, common, folder })
  onClose(() => workers.close())
  const clientOptions: ClientOptions = {
    ...{ ...reach, wire: clientWire, seed },
    plan: { brokers: options.brokers, faults: options.faults },
  }
  const client = child('client.ts', JSON.stringify(clientOptions), 'client.log')
  const { sessionTimeoutMs } = settings
  const historyOptions: HistoryOptions = {
    ...{ brokers, proxyPort: proxy.port, wire: historyWire, partitions, sessionTimeoutMs },
  }
  const historian = child('history.ts', JSON.stringify(historyOptions), 'history.log')
  await Promise.all([client.next(Ready), historian.next(Ready)])
  const stormSink = await SinkClient.connect(sinkPort)
  onClose(() => stormSink.close())
  const log = kafkaLog({ brokers, clientId: 'chaos' })
  onClose(() => log.close())
  return {
    ...{ plan, codec, nodes, proxy, sink, effectsFile, workers, client, historian, log },
    storm: new Storm({ plan, brokers, codec, sink: stormSink }),
    outsider: outsider(brokers, { retry: { retries: 60, maxRetryTime: 2_000 } }),
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
