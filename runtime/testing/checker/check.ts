/**
 * The checker: holds a log and a record of effects against the invariants J1 to J10 of the
 * architecture. It trusts no process and reads no process's memory.
 */

import type { Codec } from '../../../schemas/codec.ts'
import { agreement, checkFolds } from './agreement.ts'
import { checkBounds } from './bounds.ts'
import { checkCancellations } from './cancellations.ts'
import { census, type Census } from './census.ts'
import { decodeEvidence } from './decoded.ts'
import type { Evidence } from './evidence.ts'
import type { Facts } from './facts.ts'
import { checkIntake } from './intake.ts'
import { foldModel } from './model.ts'
import { checkProgress } from './progress.ts'
import { checkBuried, checkRefusals } from './refusals.ts'
import { checkResults } from './results.ts'
import { checkSent } from './sent.ts'
import { checkSteps } from './steps.ts'
import { checkRetries } from './timers.ts'
import type { Report, Violation } from './violation.ts'

export interface Verdict {
  readonly violations: readonly Violation[]
  readonly census: Census
}

/** Reads the evidence and lists every violation. */
export async function check(codec: Codec, evidence: Evidence): Promise<Verdict> {
  const violations: Violation[] = []
  const report: Report = (rule, message) => {
    violations.push({ rule, message })
  }
  const decoded = await decodeEvidence(codec, evidence.definitions, evidence.records)
  const models = new Map(
    decoded.definitions.map(({ name, journal }) => [
      name,
      journal.map((records, partition) => {
        const origin = { definition: name, partition }
        return foldModel(origin, records, report, agreement(origin, report))
      }),
    ]),
  )
  const facts: Facts = { evidence, decoded, models, report }
  checkSent(facts)
  checkResults(facts)
  checkRefusals(facts)
  checkBuried(facts)
  checkCancellations(facts)
  checkIntake(facts)
  checkSteps(facts)
  checkRetries(facts)
  checkProgress(facts)
  checkFolds(facts)
  checkBounds(facts)
  return { violations, census: census(facts) }
}
