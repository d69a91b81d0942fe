/** The topics of the review, created where they are missing. */

import type { NamedBackend } from '../backend.ts'
import { administered } from './admin.ts'
import { definitionsIn } from './definitions.ts'
import { planTopics, refuseMismatch, topicNames } from './plan.ts'

/** As many replicas as the cluster gives topics by default. */
const asTheClusterHasIt = -1

/**
 * Creates the topics of the review that are missing; calls `onCreate` before, if any are.
 * @throws UsageError TOPIC_MISMATCH
 */
export async function ensureReviewTopics(
  backend: NamedBackend,
  onCreate: () => void = () => undefined,
): Promise<void> {
  const definitions = definitionsIn(await import('../../services/definitions.ts'))
  const replicationFactor = backend.isLocal ? 1 : asTheClusterHasIt
  await administered(backend, async (admin) => {
    const existing = await admin.describe(topicNames(definitions))
    refuseMismatch(definitions, existing)
    const missing = planTopics(definitions, existing, { replicationFactor })
      .filter(({ state }) => state === 'create')
      .map(({ plan }) => plan)
    if (missing.length === 0) return
    onCreate()
    await admin.create(missing)
  })
}
