/** The review's topics on the broker of the tests, as evidence for the checker. */

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { inject } from 'vitest'
import { kafkaTopicAdmin } from '../../runtime/log/kafka/admin.ts'
import { kafkaLog } from '../../runtime/log/kafka/kafka-log.ts'
import type { Log } from '../../runtime/log/port.ts'
import type { Evidence } from '../../runtime/testing/checker/evidence.ts'
import {
  createCodec,
  deadLettersPlan,
  definitionTopicPlans,
  registrySchemaStore,
  type Codec,
} from '../../schemas/index.ts'
import { definitions } from '../../services/definitions.ts'
import { readTopics, untilQuiet } from './topics-evidence.ts'
import { outsider } from './outsider.ts'

export const partitions = 4
/** Longer than the services' session: a partition whose owner was killed has one again. */
const quietMs = 5_000

export const names = definitions.map(({ name }) => name)

export interface ReviewSystem {
  readonly log: Log
  readonly codec: Codec
  /** What there is to check once nothing moves any more. */
  evidence(seen: Pick<Evidence, 'effects' | 'answers' | 'checkpointBytes'>): Promise<Evidence>
}

/** Makes the review's topics anew: other tests may have used them. */
export async function openReviewSystem(): Promise<ReviewSystem> {
  const options = { brokers: [inject('brokers')], clientId: 'review-system' }
  await recreateTopics(options.brokers)
  const log = kafkaLog(options)
  const codec = await createCodec(registrySchemaStore({ host: inject('registryUrl') }))
  return {
    ...{ log, codec },
    async evidence(seen) {
      await untilQuiet(log, names, quietMs)
      const quietAt = Date.now()
      return { ...(await readTopics(log, { definitions: names })), ...seen, quietAt }
    },
  }
}

/** The bytes of a report but for what may differ: `meta`, which comes last. */
export async function reportBytes(out: string): Promise<string> {
  const text = await readFile(join(out, 'report.json'), 'utf8')
  return text.slice(0, text.indexOf('\n  "meta": {'))
}

async function recreateTopics(brokers: readonly string[]): Promise<void> {
  const plans = [
    ...names.flatMap((name) => definitionTopicPlans(name, { partitions, replicationFactor: 1 })),
    deadLettersPlan({ partitions, replicationFactor: 1 }),
  ]
  const admin = outsider(brokers).admin()
  await admin.connect()
  const there = await admin.listTopics()
  const old = plans.map(({ name }) => name).filter((name) => there.includes(name))
  if (old.length > 0) await admin.deleteTopics({ topics: old })
  await admin.disconnect()
  const topics = kafkaTopicAdmin({ brokers, clientId: 'review-system' })
  await topics.create(plans)
  await topics.close()
}
