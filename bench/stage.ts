/** A broker with the topics of what is measured, workers in processes of their own, and a client. */

import { startBackend, type Backend } from '../deploy/local/backend.ts'
import { openBackend } from '../runtime/backend.ts'
import { readEnvironment } from '../runtime/environment.ts'
import { connect, type AnyWorkflow, type Client } from '../runtime/index.ts'
import { messageOf } from '../runtime/errors.ts'
import { kafkaTopicAdmin } from '../runtime/log/kafka/admin.ts'
import type { Log } from '../runtime/log/port.ts'
import { silentLogger } from '../runtime/logger.ts'
import type { Codec } from '../schemas/codec.ts'
import { definitionTopicPlans, topicPlan } from '../schemas/topics.ts'
import { nowMs } from './clock.ts'
import { until } from './until.ts'
import { WorkerProcess } from './worker-process.ts'

/** A topic for bare appends. */
export const floorTopic = 'bench-floor'

export interface StageOptions {
  readonly definitions: readonly AnyWorkflow[]
  readonly partitions: number
  readonly profile: string | undefined
  /** The program of a worker. */
  readonly worker: string
}

export interface StartOptions {
  /** More of the environment. */
  readonly environment?: Readonly<Record<string, string>>
  readonly coldAfterMs?: number
}

interface Owner {
  readonly worker: WorkerProcess
  readonly since: number
}

interface Connections {
  readonly backend: Backend
  readonly environment: Readonly<Record<string, string>>
  readonly log: Log
  readonly codec: Codec
  readonly client: Client
}

export class Stage {
  readonly partitions: number
  readonly brokers: readonly string[]
  /** Of the processes that use its broker. */
  readonly environment: Readonly<Record<string, string>>
  readonly log: Log
  readonly codec: Codec
  readonly client: Client
  readonly #options: StageOptions
  readonly #connections: Connections
  readonly #workers = new Set<WorkerProcess>()
  /** By definition and partition: who said last that it owns it. */
  readonly #owners = new Map<string, Owner>()

  private constructor(options: StageOptions, connections: Connections) {
    this.partitions = options.partitions
    this.#options = options
    this.#connections = connections
    this.environment = connections.environment
    this.log = connections.log
    this.codec = connections.codec
    this.client = connections.client
    this.brokers = connections.backend.brokers.split(',')
  }

  static async open(options: StageOptions): Promise<Stage> {
    const backend = await startBackend({ directory: '.stoa', fresh: true })
    const environment = {
      KAFKA_BROKERS: backend.brokers,
      SCHEMA_REGISTRY_URL: backend.registryUrl,
      STOA_LOG_LEVEL: 'info',
    }
    try {
      await createTopics(environment, options)
      const parsed = readEnvironment(environment)
      const { log, codec } = await openBackend(parsed, 'stoa-bench', silentLogger)
      const client = await connect({ environment, logger: silentLogger })
      return new Stage(options, { backend, environment, log, codec, client })
    } catch (error) {
      await backend.stop()
      throw error
    }
  }

  /** Starts a process that serves all definitions; it need not own anything yet. */
  startWorker({ environment = {}, coldAfterMs }: StartOptions = {}): WorkerProcess {
    const { definitions, profile, worker: program } = this.#options
    const worker = new WorkerProcess({
      program,
      worker: {
        definitions: definitions.map(({ name }) => name),
        coldAfterMs: coldAfterMs ?? null,
      },
      environment: { ...this.environment, ...environment },
      profile,
      onAcquired: (definition, partition) => {
        this.#owners.set(`${definition}/${String(partition)}`, { worker, since: nowMs() })
      },
    })
    this.#workers.add(worker)
    void worker.ended.then(() => this.#workers.delete(worker))
    return worker
  }

  /** Starts a worker and waits until it serves everything. */
  async serve(options: StartOptions = {}): Promise<WorkerProcess> {
    const worker = this.startWorker(options)
    await this.served(worker)
    return worker
  }

  /** Waits until these workers own all partitions, each as many as the others. */
  async served(...workers: readonly WorkerProcess[]): Promise<void> {
    const share = (this.partitions * this.#options.definitions.length) / workers.length
    const owned = (by: WorkerProcess) =>
      [...this.#owners.values()].filter(({ worker }) => worker === by).length
    await until('the workers serve', () => {
      if (workers.some(({ hasEnded }) => hasEnded)) throw new Error('a worker has ended')
      return workers.every((worker) => owned(worker) === share)
    })
  }

  /** The partitions of the first definition that a worker owns. */
  ownedBy(worker: WorkerProcess): readonly number[] {
    return Array.from({ length: this.partitions }, (_, partition) => partition).filter(
      (partition) => this.#owner(partition)?.worker === worker,
    )
  }

  /** When the owner of a partition of the first definition said that it has it. */
  ownedSince(partition: number): number {
    return this.#owner(partition)?.since ?? NaN
  }

  /** Ends everything, also what cannot be ended in order. @throws Error naming what failed */
  async close(): Promise<void> {
    const workers = [...this.#workers].map((worker) => worker.stop())
    const settled = await Promise.allSettled([this.client.close(), this.log.close(), ...workers])
    settled.push(...(await Promise.allSettled([this.#connections.backend.stop()])))
    const failed = settled.filter((each) => each.status === 'rejected')
    if (failed.length === 0) return
    const messages = failed.map(({ reason }) => messageOf(reason))
    throw new Error(messages.join('; '))
  }

  #owner(partition: number): Owner | undefined {
    const [first] = this.#options.definitions
    return this.#owners.get(`${first?.name ?? ''}/${String(partition)}`)
  }
}

async function createTopics(
  environment: Readonly<Record<string, string>>,
  { definitions, partitions }: StageOptions,
): Promise<void> {
  const { brokers } = readEnvironment(environment)
  const admin = kafkaTopicAdmin({ brokers: [...brokers], clientId: 'stoa-bench' })
  const planned = { partitions, replicationFactor: 1 }
  await admin.create([
    ...definitions.flatMap(({ name }) => definitionTopicPlans(name, planned)),
    topicPlan(floorTopic, {}, planned),
  ])
  await admin.close()
}
