/**
 * J3, J6, J10 of messages that are refused or buried since their run is not known: none is while it
 * was known, and copies of a refusal are the same.
 */

import { at, type InboxRecord, type Place, type RefusalRecord } from './decoded.ts'
import { isBefore, startedBy, type Facts } from './facts.ts'

export function checkRefusals(facts: Facts): void {
  for (const { name, inbox, refusals } of facts.decoded.definitions) {
    const first = new Map<string, RefusalRecord>()
    for (const record of refusals) {
      const { runId, outcome } = record.result
      const [question] = record.questions
      if (outcome.status !== 'failed' || outcome.error.code !== 'RUN_NOT_FOUND') {
        facts.report('J3', `${at(record)}: a question is answered with an outcome`)
      }
      if (!isBefore(facts, question, record)) {
        facts.report('J2', `${at(record)}: answers ${at(question)}, which came later`)
      }
      const copied = first.get(runId) ?? record
      first.set(runId, copied)
      if (Buffer.compare(copied.value, record.value) !== 0) {
        facts.report('J3', `${at(record)}: the answer differs in its bytes from ${at(copied)}`)
      }
      checkUnknown(facts, name, inbox, question, record)
    }
  }
  for (const { definition, runId, status } of facts.evidence.answers ?? []) {
    if (status !== 'unknown') continue
    const refusals = facts.decoded.definitions.find(({ name }) => name === definition)?.refusals
    if (refusals?.some(({ questions: [{ message }] }) => message?.runId === runId) === true)
      continue
    facts.report(
      'J3',
      `a client was told that run ${runId} of ${definition} is not known, which nobody said`,
    )
  }
}

/** The dead letters of messages for runs that are not known. */
export function checkBuried(facts: Facts): void {
  for (const record of facts.decoded.letters) {
    const { topic, partition, offset, code } = record.letter
    if (code !== 'RUN_NOT_FOUND') continue
    for (const { name, inbox } of facts.decoded.definitions) {
      const buried = inbox[partition]?.find((one) => one.topic === topic && one.offset === offset)
      if (buried !== undefined) checkUnknown(facts, name, inbox, buried, record)
    }
  }
}

/** The run of a message had not been started before it, or was forgotten again. */
function checkUnknown(
  facts: Facts,
  definition: string,
  inbox: readonly (readonly InboxRecord[])[],
  { partition, offset, message }: InboxRecord,
  told: Place,
) {
  const model = facts.models.get(definition)?.[partition]
  for (const life of model?.lives.get(message?.runId ?? '') ?? []) {
    const isForgotten = life.forgottenBy !== null && isBefore(facts, life.forgottenBy, told)
    if (isForgotten || startedBy(life, inbox[partition] ?? []) > offset) continue
    facts.report(
      'J10',
      `${at(told)}: run ${life.runId} is said not to be known, and had been started`,
    )
  }
}
