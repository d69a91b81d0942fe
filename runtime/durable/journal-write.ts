/** A record on its way into the journal of a partition. */

import { cloudEventHeaders } from '../../schemas/headers.ts'
import { definitionTopics } from '../../schemas/topics.ts'
import type { Kernel } from './kernel.ts'
import type { Home } from './outbox.ts'
import type { Write } from './writer.ts'

export function journalWrite(
  { incarnation, randomness, clock }: Kernel,
  { definition, partition }: Home,
  value: Buffer,
  type: 'stoa.Commit' | 'stoa.Fence',
  settle: Write['settle'],
): Write {
  const id = `${definition}/${String(partition)}/${incarnation}/${randomness.uuid()}`
  const headers = cloudEventHeaders({ id, source: definition, type, time: clock.now() })
  const topic = definitionTopics(definition).journal
  return { topic, partition, record: { key: null, value, headers }, settle }
}
