/** A log in memory with the topics of some definitions, and processes that serve them under it. */

import type { Randomness } from '../clock.ts'
import { createClient, type Client } from '../durable/client.ts'
import type { AnyWorkflow } from '../durable/definition.ts'
import type { KernelSettings } from '../durable/kernel.ts'
import { seededRandomness } from '../durable/seeded-random.ts'
import { startService, type Service } from '../durable/service.ts'
import { silentLogger, type Logger } from '../logger.ts'
import { memoryCluster, type Interfere, type MemoryCluster, type MemoryLog } from '../log/memory.ts'
import type { Log, LogRecord } from '../log/port.ts'
import { createCodec, memorySchemaStore, type Codec } from '../../schemas/codec.ts'
import { deadLettersPlan, definitionTopicPlans, topicPlan } from '../../schemas/topics.ts'
import { observed, type ObservedEffect } from './observed.ts'
import { ProcessClock } from './process-clock.ts'
import type { VirtualClock } from './virtual-clock.ts'

export interface TestClusterOptions {
  readonly definitions: readonly AnyWorkflow[]
  readonly clock: VirtualClock
  /** Of every topic; default 2. */
  readonly partitions?: number
  /** Topics that the definitions publish on. */
  readonly topics?: readonly string[]
  /** The most that one append may bring to one of these. */
  readonly maxBatchBytes?: number
  readonly settings?: Partial<KernelSettings>
  readonly logger?: Logger
  /** One for several clusters saves making it. */
  readonly codec?: Codec
}

/** A process that serves the definitions. */
export interface TestProcess {
  /** Nothing of it happens any more; what it has sent may still land. */
  kill(): void
  /** Ends as by SIGTERM. */
  stop(): Promise<void>
}

/** Suspended runs keep their functions, so that hardly anything happens while time passes. */
const testSettings: Partial<KernelSettings> = { coldAfterMs: 7 * 86_400_000 }

/** What is under way is finished within this time when a process is stopped. */
const longestDrainMs = 60_000

export class TestCluster {
  readonly clock: VirtualClock
  readonly codec: Codec
  readonly effects: ObservedEffect[] = []
  readonly definitionNames: readonly string[]
  readonly #options: TestClusterOptions
  readonly #cluster: MemoryCluster
  readonly #places: readonly { readonly topic: string; readonly partition: number }[]
  #born = 0

  private constructor(options: TestClusterOptions, codec: Codec) {
    const { clock, definitions, partitions = 2, topics = [], maxBatchBytes } = options
    const config: Record<string, string> = {}
    if (maxBatchBytes !== undefined) config['max.message.bytes'] = String(maxBatchBytes)
    const size = { partitions, replicationFactor: 1 }
    this.definitionNames = [...new Set(definitions.map(({ name }) => name))]
    const plans = [
      ...this.definitionNames.flatMap((name) => definitionTopicPlans(name, size)),
      ...topics.map((topic) => topicPlan(topic, config, size)),
      deadLettersPlan({ partitions: 1, replicationFactor: 1 }),
    ]
    this.clock = clock
    this.codec = codec
    this.#options = options
    this.#cluster = memoryCluster({ clock, topics: plans })
    this.#places = plans.flatMap((plan) =>
      Array.from({ length: plan.partitions }, (_, partition) => ({ topic: plan.name, partition })),
    )
  }

  static async create(options: TestClusterOptions): Promise<TestCluster> {
    return new TestCluster(options, options.codec ?? (await createCodec(memorySchemaStore())))
  }

  /** Every record there ever was, of one topic or of all. */
  records(topic?: string): readonly LogRecord[] {
    return this.#places
      .filter((place) => topic === undefined || place.topic === topic)
      .flatMap((place) => this.#cluster.dump(place.topic, place.partition))
  }

  /** Leaves offsets of a partition without a record, as the end of a transaction does. */
  skip(topic: string, partition: number, count: number): void {
    this.#cluster.skip(topic, partition, count)
  }

  /** A connection of one's own. @param interfere decides what befalls its appends */
  log(name: string, interfere?: Interfere): Log {
    return this.#connect(name, interfere)
  }

  client(interfere?: Interfere): Client {
    return createClient({
      ...{ codec: this.codec, clock: this.clock, logger: silentLogger },
      log: this.log('client', interfere),
      randomness: this.#randomness('client'),
    })
  }

  /** A process in the place of the one before it, once it has started. */
  async process(interfere?: Interfere, definitions?: readonly AnyWorkflow[]): Promise<TestProcess> {
    const { process, started } = this.spawn(interfere, definitions)
    await this.drive(started)
    return process
  }

  /**
   * The same, starting as time is driven.
   * @param interfere decides what befalls its appends
   * @param definitions in place of those of the cluster, of the same names
   */
  spawn(
    interfere?: Interfere,
    definitions: readonly AnyWorkflow[] = this.#options.definitions,
  ): { readonly process: TestProcess; readonly started: Promise<Service> } {
    this.#born += 1
    const { settings, logger = silentLogger } = this.#options
    const clock = new ProcessClock(this.clock)
    const log = this.#connect(`process-${String(this.#born)}`, interfere)
    let first: string | null = null
    const random = this.#randomness(`process ${String(this.#born)}`)
    // A service draws its incarnation first.
    const randomness: Randomness = {
      number: () => random.number(),
      uuid: () => {
        const uuid = random.uuid()
        first ??= uuid
        return uuid
      },
    }
    const observer = { clock: this.clock, incarnation: () => first, effects: this.effects }
    const started = startService({
      ...{ log, clock, randomness, logger, codec: this.codec, instanceId: 'test' },
      definitions: definitions.map((definition) => observed(definition, observer)),
      settings: { ...testSettings, ...settings },
    })
    started.catch(() => undefined)
    const kill = () => {
      clock.kill()
      log.kill()
    }
    const stop = async () => {
      const service = await this.drive(started, longestDrainMs)
      await this.drive(service.stop(longestDrainMs), longestDrainMs)
      kill()
    }
    return { process: { kill, stop }, started }
  }

  /** Lets what is due happen until a promise has settled, and time pass up to a limit. */
  async drive<T>(promise: Promise<T>, limitMs = 0): Promise<T> {
    const end = this.clock.now() + limitMs
    const state = { isSettled: false }
    const note = () => {
      state.isSettled = true
    }
    promise.then(note, note)
    await this.clock.advance(0)
    while (!state.isSettled && (await this.clock.step(end)));
    if (state.isSettled) return promise
    throw new Error(`nothing more happens, and what was awaited has not come`)
  }

  #connect(name: string, interfere: Interfere | undefined): MemoryLog {
    return this.#cluster.connect({ name, ...(interfere !== undefined && { interfere }) })
  }

  #randomness(name: string): Randomness {
    return seededRandomness(`test ${name}`)
  }
}
