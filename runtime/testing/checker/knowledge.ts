/** What the process of an effect can have known: what it wrote, and what stood before its fence. */

import type { JournalRecord } from './decoded.ts'
import type { Effect } from './evidence.ts'
import type { JournalModel } from './model.ts'

/** Whether a record may have been known to a body; a body of nobody's knows everything. */
export function mayHaveKnown(model: JournalModel, effect: Effect, record: JournalRecord): boolean {
  if (effect.incarnation === null) return true
  const writer = model.fences.find(({ offset }) => offset === record.commit.epoch)
  if (writer?.commit.fence?.incarnation === effect.incarnation) return true
  const fence = fenceInForce(model, effect)
  return fence !== undefined && fence.offset > record.offset
}

/** The newest fence that the process of an effect can have known when the body began. */
export function fenceInForce(model: JournalModel, effect: Effect): JournalRecord | undefined {
  const nonces = new Set<string>()
  let newest: JournalRecord | undefined
  for (const record of model.fences) {
    const { fence } = record.commit
    if (fence === null || fence.incarnation !== effect.incarnation || record.time >= effect.begunAt)
      continue
    // A late copy, or a fence that came after a later one, has been given up by its process.
    const isLate = nonces.has(fence.nonce) || (newest?.commit.fence?.at ?? 0) > fence.at
    nonces.add(fence.nonce)
    if (!isLate) newest = record
  }
  return newest
}
