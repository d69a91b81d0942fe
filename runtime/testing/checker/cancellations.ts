/**
 * J7, J9 of cancellations that one run owes to another: none comes before the start of the run that it
 * is for, and once nothing moves any more that run has been cancelled, or has ended.
 */

import { at, type InboxRecord } from './decoded.ts'
import { everyModel, livesOf, type Facts } from './facts.ts'
import type { OwedItem } from './model.ts'

export function checkCancellations(facts: Facts): void {
  for (const { inbox } of facts.decoded.definitions) {
    for (const records of inbox) checkOrder(facts, records)
  }
  if (facts.evidence.quietAt === undefined) return
  for (const item of everyModel(facts).flatMap((model) => model.owed)) checkEffect(facts, item)
}

/** A cancellation that is there before the start finds no run, and is buried. */
function checkOrder(facts: Facts, records: readonly InboxRecord[]) {
  const started = new Set<string>()
  for (const record of records) {
    const { message, isClients } = record
    if (message === null) continue
    const { runId, body } = message
    if (body.type === 'Start') started.add(runId)
    if (body.type !== 'Cancel' || isClients || started.has(runId)) continue
    facts.report('J7', `${at(record)}: the cancellation of run ${runId} comes before its start`)
  }
}

function checkEffect(facts: Facts, { cancels, by }: OwedItem) {
  if (cancels === null) return
  const { definition, runId } = cancels
  const lives = livesOf(facts, definition, runId)
  const isHeeded = lives.some(
    ({ terminal, entries }) =>
      terminal !== null || entries.some(({ entry }) => entry.body.type === 'CancelRequested'),
  )
  if (isHeeded) return
  facts.report(
    'J9',
    `${at(by.record)}, run ${by.entry.runId}: cancels run ${runId} of ${definition}, which is neither cancelled nor ended`,
  )
}
