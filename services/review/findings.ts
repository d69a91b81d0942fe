/**
 * From facts to findings, and what a policy makes of them. Pure: the same facts, policy and day
 * give the same findings in the same order.
 */

import { finding } from '../contracts/finding.ts'
import type { Finding } from '../contracts/finding.ts'
import { findingKinds } from '../contracts/finding-kinds.ts'
import type { PackageFacts } from '../contracts/package-facts.ts'
import type { Policy } from '../contracts/policy.ts'
import { licenseObservations } from './license-rules.ts'
import type { Observation } from './observation.ts'
import { integrityObservations, originObservations } from './origin-rules.ts'
import { packageObservations } from './package-rules.ts'
import { problemObservations } from './problem-rules.ts'
import { duplicateFindings, missingFindings } from './tree-rules.ts'

/**
 * Finds everything that the review's own rules see, with the severities that the kinds have.
 *
 * What can be seen of one package alone is found by the agent `inspector`, what takes the whole
 * tree by `review`. The project's own folders are its code, not a third party's: of them only what
 * could not be read, or is not there, is found.
 */
export function findingsIn(facts: readonly PackageFacts[], policy: Policy): Finding[] {
  return [
    ...facts.flatMap((each) => packageFindings(each, policy)),
    ...duplicateFindings(facts),
    ...missingFindings(facts),
  ]
}

function packageFindings(facts: PackageFacts, policy: Policy): Finding[] {
  const observations = [
    ...(facts.own ? [] : thirdPartyObservations(facts, policy)),
    ...problemObservations(facts),
  ]
  return observations.map(({ kind, message, evidence }) =>
    finding({
      severity: findingKinds[kind].severity,
      kind,
      package: facts.name,
      version: facts.version,
      path: facts.path,
      message,
      evidence,
      agent: 'inspector',
    }),
  )
}

function thirdPartyObservations(facts: PackageFacts, policy: Policy): Observation[] {
  return [
    ...licenseObservations(facts, policy),
    ...packageObservations(facts),
    ...originObservations(facts, policy),
    ...integrityObservations(facts),
  ]
}
