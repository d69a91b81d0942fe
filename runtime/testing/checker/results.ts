/** J3: a run has one outcome, its results are copies of it, and clients are told nothing else. */

import type { Outcome } from '../../../schemas/records.ts'
import { at, type ResultRecord } from './decoded.ts'
import { livesOf, type Facts } from './facts.ts'
import { resultContent } from './owed.ts'

export function checkResults(facts: Facts): void {
  for (const { name, results } of facts.decoded.definitions) {
    const byContent = new Map<string, ResultRecord>()
    for (const record of results) {
      const { runId, endedAt, outcome } = record.result
      const content = resultContent(endedAt, outcome)
      const isOutcome = livesOf(facts, name, runId).some(
        ({ run, terminal }) =>
          terminal !== null &&
          run.outcome !== null &&
          resultContent(run.at, run.outcome) === content,
      )
      if (!isOutcome)
        facts.report(
          'J3',
          `${at(record)}: the result of run ${runId} is not the outcome in its journal`,
        )
      const first = byContent.get(`${runId} ${content}`)
      if (first === undefined) byContent.set(`${runId} ${content}`, record)
      else if (Buffer.compare(first.value, record.value) !== 0) {
        facts.report(
          'J3',
          `${at(record)}: the result of run ${runId} differs in its bytes from ${at(first)}`,
        )
      }
    }
  }
  for (const { definition, runId, status, output } of facts.evidence.answers ?? []) {
    if (status === 'unknown') continue
    const outcomes = livesOf(facts, definition, runId).map(({ run }) => run.outcome)
    const isRecorded = outcomes.some(
      (outcome) =>
        outcome !== null &&
        outcome.status === status &&
        (status !== 'completed' || text(outcome) === output),
    )
    if (!isRecorded) {
      facts.report(
        'J3',
        `a client was told that run ${runId} of ${definition} ${status} with ${String(output)}, which its journal does not say`,
      )
    }
  }
}

function text(outcome: Outcome): string | null {
  return outcome.status === 'completed' ? Buffer.from(outcome.output).toString() : null
}
