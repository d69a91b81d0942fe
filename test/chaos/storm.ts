/** Services that join and leave all the time, so that the groups never come to rest. */

import { setTimeout as sleep } from 'node:timers/promises'
import { systemClock, systemRandomness } from '../../runtime/clock.ts'
import { startService } from '../../runtime/durable/service.ts'
import { kafkaLog } from '../../runtime/log/kafka/kafka-log.ts'
import { silentLogger } from '../../runtime/logger.ts'
import type { Codec } from '../../schemas/codec.ts'
import { outcomeOf, simulatedDefinition, type Execute } from '../workload/definitions.ts'
import type { Plan } from './plan.ts'
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
    let incarnation = ''
    const uuid = () => {
      const drawn = systemRandomness.uuid()
      if (incarnation === '') incarnation = drawn
      return drawn
    }
    const execute: Execute = async (body) => {
      const { definition, act, saw, step } = body
      const { runId, idempotencyKey, attempt } = step
      const count = await sink.begin({
        ...{ definition, runId, step: act.name, idempotencyKey, attempt, incarnation },
        ...{ begunAt: Date.now(), begunAtOwn: Date.now(), saw: [...saw] },
      })
      if (act.ms > 0) await sleep(act.ms)
      const output = outcomeOf(body, count)
      await sink.end(count.number, JSON.stringify(output))
      return output
    }
    try {
      const service = await startService({
        ...{ log, codec, clock: systemClock, logger: silentLogger, settings: plan.settings },
        randomness: { number: () => systemRandomness.number(), uuid },
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
