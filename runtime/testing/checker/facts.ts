/** What the rules are checked on: the decoded evidence and the checker's fold of every journal. */

import type { Decoded, InboxRecord, Place } from './decoded.ts'
import type { Evidence } from './evidence.ts'
import type { JournalModel, Life } from './model.ts'
import type { Report } from './violation.ts'

export interface Facts {
  readonly evidence: Evidence
  readonly decoded: Decoded
  /** By definition, then by partition. */
  readonly models: ReadonlyMap<string, readonly JournalModel[]>
  readonly report: Report
}

/** Whether one thing can have been the reason for another, by their times. */
export function isBefore(
  facts: Facts,
  cause: Pick<Place, 'time'>,
  effect: Pick<Place, 'time'>,
): boolean {
  return facts.evidence.hasExactTimes === true
    ? cause.time < effect.time
    : cause.time <= effect.time
}

export function everyModel(facts: Facts): readonly JournalModel[] {
  return [...facts.models.values()].flat()
}

/** Every life that a definition's run id has had, in order. */
export function livesOf(facts: Facts, definition: string, runId: string): readonly Life[] {
  return facts.models.get(definition)?.flatMap((model) => model.lives.get(runId) ?? []) ?? []
}

/** Offset of the last copy of the message that started a life. */
export function startedBy({ entries }: Life, inbox: readonly InboxRecord[]): bigint {
  const start = entries[0]?.entry.body
  const id = start?.type === 'RunStarted' ? start.messageId : ''
  return inbox.findLast(({ message }) => message?.id === id)?.offset ?? -1n
}
