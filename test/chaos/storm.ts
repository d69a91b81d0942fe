/** Services that join and leave all the time, so that the groups never come to rest. */

import { setTimeout as sleep } from 'node:timers/promises'
import { systemClock } from '../../runtime/clock.ts'
import { startService } from '../../runtime/durable/service.ts'
import { kafkaLog } from '../../runtime/log/kafka/kafka-log.ts'
import { silentLogger } from '../../runtime/logger.ts'
import type { Codec } from '../../schemas/codec.ts'
import { simulatedDefinition } from '../workload/definitions.ts'
import { knownIncarnation } from '../workload/incarnation.ts'
import type { Plan } from './plan.ts'
import { sinkBodies } from './sink-bodies.ts'
import type { SinkClient } from './sink-client.ts'

export interface StormOptions {
  readonly plan: Plan
  readonly brokers: readonly string[]
  readonly codec: Codec
  readonly sink: SinkClient
}

export class Storm {
  readonly #options: StormOptions

  constructor(options: StormOptions) {
    this.#options = options
  }

  /** Each member serves for one to three seconds, leaves, and comes back. */
  async blow(members: number, forMs: number): Promise<void> {
    const end = performance.now() + forMs
    await Promise.all(
      Array.from({ length: members }, async (_, index) => {
        await sleep(index * 300)
        while (performance.now() < end) {
          await this.#serve(1_000 + Math.random() * 2_000)
          await sleep(200)
        }
      }),
    )
  }

  async #serve(ms: number): Promise<void> {
    const { plan, brokers, codec, sink } = this.#options
    const log = kafkaLog({ brokers, clientId: 'storm' })
    const { randomness, incarnation } = knownIncarnation()
    const execute = sinkBodies({ sink, incarnation, now: () => Date.now() })
    try {
      const service = await startService({
        ...{ log, codec, clock: systemClock, randomness, logger: silentLogger },
        settings: plan.settings,
        definitions: plan.definitions.map((name) =>
          simulatedDefinition(name, '1', plan.concurrency, execute),
        ),
      })
      await sleep(ms)
      await service.stop(200)
    } catch {
      // Brokers may be gone: the next one tries again.
      await sleep(500)
    } finally {
      await log.close()
    }
  }
}
