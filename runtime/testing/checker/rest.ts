/**
 * J9, where runs are left alone: a snapshot that says that its run is at rest, so that nobody executes
 * it, is right. Whatever moves such a run comes from outside.
 */

import type { EntryBody } from '../../../schemas/records.ts'
import type { PartitionState } from '../../durable/fold.ts'
import { at, type JournalRecord } from './decoded.ts'
import type { JournalModel } from './model.ts'
import type { Report } from './violation.ts'

const fromOutside: ReadonlySet<EntryBody['type']> = new Set([
  'CallCompleted',
  'CancelRequested',
  'SignalReceived',
  'TimerFired',
])

/** @param restored folded from a checkpoint to its end */
export function checkRest(
  model: JournalModel,
  ended: JournalRecord,
  restored: PartitionState,
  report: Report,
): void {
  for (const { runId, seq, isAtRest } of restored.runs.values()) {
    if (!isAtRest) continue
    // The id may have been started again since.
    const life = model.lives
      .get(runId)
      ?.findLast(
        ({ entries: [first] }) => first !== undefined && first.record.offset < ended.offset,
      )
    const next = life?.entries.find(({ entry }) => entry.seq === seq + 1)
    if (next === undefined || fromOutside.has(next.entry.body.type)) continue
    report(
      'J9',
      `${at(ended)}: run ${runId} is said to be at rest after seq ${String(seq)}, and goes on by itself with ${next.entry.body.type} at ${at(next.record)}`,
    )
  }
}
