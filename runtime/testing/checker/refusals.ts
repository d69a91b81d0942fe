/**
 * J3, J10 of what those are told who ask for a run that is not known: nobody is told so of a run that
 * was, and copies are the same.
 */

import { at, type InboxRecord, type RefusalRecord } from './decoded.ts'
import { isBefore, startedBy, type Facts } from './facts.ts'

export function checkRefusals(facts: Facts): void {
  for (const { name, inbox, refusals } of facts.decoded.definitions) {
    const first = new Map<string, RefusalRecord>()
    for (const record of refusals) {
      const { runId, outcome } = record.result
      if (outcome.status !== 'failed' || outcome.error.code !== 'RUN_NOT_FOUND') {
        facts.report('J3', `${at(record)}: a question is answered with an outcome`)
      }
      if (!isBefore(facts, record.question, record)) {
        facts.report('J2', `${at(record)}: answers ${at(record.question)}, which came later`)
      }
      const copied = first.get(runId) ?? record
      first.set(runId, copied)
      if (Buffer.compare(copied.value, record.value) !== 0) {
        facts.report('J3', `${at(record)}: the answer differs in its bytes from ${at(copied)}`)
      }
      checkUnknown(facts, name, inbox[record.question.partition] ?? [], record)
    }
  }
  for (const { definition, runId, status } of facts.evidence.answers ?? []) {
    if (status !== 'unknown') continue
    const refusals = facts.decoded.definitions.find(({ name }) => name === definition)?.refusals
    if (refusals?.some(({ question }) => question.message?.runId === runId) === true) continue
    facts.report(
      'J3',
      `a client was told that run ${runId} of ${definition} is not known, which nobody said`,
    )
  }
}

/** The run of the question had not been started before it, or was forgotten again. */
function checkUnknown(
  facts: Facts,
  definition: string,
  inbox: readonly InboxRecord[],
  refusal: RefusalRecord,
) {
  const { question } = refusal
  const model = facts.models.get(definition)?.[question.partition]
  for (const life of model?.lives.get(question.message?.runId ?? '') ?? []) {
    const isForgotten = life.forgottenBy !== null && isBefore(facts, life.forgottenBy, refusal)
    if (isForgotten || startedBy(life, inbox) > question.offset) continue
    facts.report(
      'J10',
      `${at(refusal)}: run ${life.runId} is said not to be known, and had been started`,
    )
  }
}
