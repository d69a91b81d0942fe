/** One simulated process: a service on its own connection, with its own clock and randomness. */

import type { Randomness } from '../../runtime/clock.ts'
import type { KernelSettings } from '../../runtime/durable/kernel.ts'
import { startService, type Service } from '../../runtime/durable/service.ts'
import { silentLogger, type Logger } from '../../runtime/logger.ts'
import type { MemoryCluster, MemoryLog } from '../../runtime/log/memory.ts'
import type { VirtualClock } from '../../runtime/testing/virtual-clock.ts'
import type { Codec } from '../../schemas/codec.ts'
import type { Draw } from '../workload/draw.ts'
import { outcomeOf, simulatedDefinition, type Execute } from '../workload/definitions.ts'
import { flakyLog } from './flaky-log.ts'
import { slowCodec } from './slow-codec.ts'
import type { Network } from './network.ts'
import { ProcessClock } from '../../runtime/testing/process-clock.ts'
import type { World } from './world.ts'

export interface ProcessOptions {
  readonly name: string
  readonly definitions: readonly string[]
  readonly versions: readonly string[]
  readonly instanceId: string | undefined
  readonly concurrency: number
  readonly skewMs: number
  readonly slowTurns: number
  readonly settings: Partial<KernelSettings>
  readonly logger?: Logger
}

export interface Surroundings {
  readonly clock: VirtualClock
  readonly cluster: MemoryCluster
  readonly codec: Codec
  readonly network: Network
  readonly world: World
}

export class Process {
  readonly name: string
  readonly options: ProcessOptions
  readonly #around: Surroundings
  readonly #clock: ProcessClock
  readonly #log: MemoryLog
  #service: Service | null = null
  #incarnation: string | null = null
  isDead = false
  isStopping = false

  constructor(around: Surroundings, options: ProcessOptions, draw: Draw) {
    this.name = options.name
    this.options = options
    this.#around = around
    const { skewMs, slowTurns } = options
    const turnMs = () => (draw.chance(slowTurns) ? draw.int(1, 20) : 0)
    this.#clock = new ProcessClock(around.clock, { skewMs, turnMs })
    this.#log = around.network.connect(options.name, () => this.kill())
    // A process that cannot start ends, and is started again by whoever watches over it.
    this.#start(draw).catch(() => {
      this.kill()
    })
  }

  /** Nothing of it happens any more; what it has sent may still land. */
  kill(): void {
    this.isDead = true
    this.#clock.kill()
    this.#log.kill()
  }

  /** As a stopped process: it does and hears nothing, and knows nothing of it. */
  freeze(): void {
    this.#clock.freeze()
    this.#log.cut()
  }

  thaw(isNetworkFirst: boolean): void {
    if (this.isDead) return
    if (isNetworkFirst) this.#log.heal()
    this.#clock.thaw()
    if (!isNetworkFirst) this.#log.heal()
  }

  cut(): void {
    this.#log.cut()
  }

  heal(): void {
    if (!this.isDead) this.#log.heal()
  }

  /** Ends as by SIGTERM. */
  async stop(graceMs: number): Promise<void> {
    this.isStopping = true
    await this.#service?.stop(graceMs)
    this.kill()
  }

  async #start(draw: Draw): Promise<void> {
    const { codec, world, clock, network } = this.#around
    const log = flakyLog(this.#log, () => network.failsRequest())
    const { definitions, versions, concurrency, instanceId, settings, logger } = this.options
    const execute: Execute = (body) => {
      const { definition, act, saw } = body
      const { runId, idempotencyKey, attempt } = body.step
      const effect = world.begin({
        ...{ definition, runId, step: act.name, idempotencyKey, attempt, saw },
        incarnation: this.#incarnation,
        begunAt: clock.now(),
        begunAtOwn: this.#clock.now(),
      })
      const finish = () => {
        const times = world.timesRun(idempotencyKey)
        const output = outcomeOf(body, { number: effect.number, times })
        effect.endedAt = clock.now()
        effect.output = JSON.stringify(output)
        return output
      }
      if (act.ms === 0) return finish()
      return new Promise<void>((resolve) => this.#clock.after(act.ms, resolve)).then(finish)
    }
    this.#service = await startService({
      ...{ settings, log, clock: this.#clock },
      codec: slowCodec(codec, this.#clock, () => network.slowDecode, draw.fork()),
      randomness: this.#randomness(draw),
      logger: logger ?? silentLogger,
      definitions: definitions.flatMap((name) =>
        versions.map((version) => simulatedDefinition(name, version, concurrency, execute)),
      ),
      ...(instanceId === undefined ? {} : { instanceId }),
    })
  }

  /** A service draws its incarnation first. */
  #randomness(draw: Draw): Randomness {
    return {
      number: () => draw.int(0, 999_999) / 1_000_000,
      uuid: () => {
        const uuid = draw.uuid()
        this.#incarnation ??= uuid
        return uuid
      },
    }
  }
}
