/** Licences: missing, unreadable, denied, or for a person to decide. */

import type { PackageFacts } from '../contracts/package-facts.ts'
import type { Policy } from '../contracts/policy.ts'
import type { ProblemCode } from '../contracts/problem.ts'
import { judgeLicense } from './license-policy.ts'
import type { Observation } from './observation.ts'

const hidesManifest = new Set<ProblemCode>([
  'UNREADABLE',
  'SYMLINK',
  'MANIFEST_MISSING',
  'MANIFEST_TOO_LARGE',
  'MANIFEST_MALFORMED',
])

/** Judges a package's licence; that of a link is judged where it leads to. */
export function licenseObservations(facts: PackageFacts, policy: Policy): Observation[] {
  if (facts.link) return []
  const { expression, valid } = facts.license
  if (expression === null) return [undeclared(facts)]
  if (valid) return judged(facts.name, expression, expression, policy)

  const literal = judgeLicense(expression, policy.licenses)
  if (literal.ruling !== 'unlisted') return judged(facts.name, expression, expression, policy)
  if (/^(UNLICENSED|SEE LICEN[CS]E IN )/i.test(expression)) return [inWords(facts, expression)]

  const { licenseGuess } = facts
  if (licenseGuess === null) {
    return [
      {
        kind: 'license-invalid',
        message: `${facts.name} declares a licence that is not an SPDX expression`,
        evidence: expression,
      },
    ]
  }
  const misspelt: Observation = {
    kind: 'license-misspelt',
    message: `${facts.name} declares a licence that is not SPDX, most likely ${licenseGuess}`,
    evidence: expression,
  }
  return [misspelt, ...judged(facts.name, licenseGuess, expression, policy)]
}

function judged(name: string, expression: string, evidence: string, policy: Policy): Observation[] {
  const { ruling, because } = judgeLicense(expression, policy.licenses)
  const licenses = because.join(', ')
  switch (ruling) {
    case 'allowed':
      return []
    case 'denied':
      return [
        { kind: 'license-denied', message: `${name} has ${licenses}, which is denied`, evidence },
      ]
    case 'review':
      return [
        {
          kind: 'license-review',
          message: `${name} has ${licenses}, which a person has to review`,
          evidence,
        },
      ]
    case 'unlisted':
      return [
        {
          kind: 'license-review',
          message: `${name} has ${licenses}, which the policy does not list`,
          evidence,
        },
      ]
  }
}

function undeclared(facts: PackageFacts): Observation {
  const file = facts.problems.find(({ code }) => code === 'LICENSE_FILE_UNKNOWN')
  if (file) {
    return {
      kind: 'license-review',
      message: `${facts.name} declares no licence, and the text of its licence file is not known`,
      evidence: file.detail,
    }
  }
  if (facts.problems.some(({ code }) => hidesManifest.has(code))) {
    return {
      kind: 'license-missing',
      message: `${facts.name} has no licence that could be read`,
      evidence: 'no license in the lock, and package.json cannot be read',
    }
  }
  return facts.installed === null
    ? {
        kind: 'license-missing',
        message: `${facts.name} declares no licence in the lock`,
        evidence: 'no license in the lock, and nothing on disk was read',
      }
    : {
        kind: 'license-missing',
        message: `${facts.name} declares no licence, and has no licence file`,
        evidence: 'no license in package.json',
      }
}

function inWords(facts: PackageFacts, expression: string): Observation {
  const problem = facts.problems.find(
    ({ code }) => code === 'LICENSE_FILE_UNKNOWN' || code === 'LICENSE_FILE_MISSING',
  )
  return {
    kind: 'license-review',
    message: `${facts.name} has terms of its own, which a person has to read`,
    evidence: problem === undefined ? expression : `${expression}; ${problem.detail}`,
  }
}
