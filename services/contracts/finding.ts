/** One thing that a person may have to act on, found by one agent. */

import { createHash } from 'node:crypto'
import { z } from 'zod'
import { compareText } from './compare-text.ts'
import { clip } from './clip.ts'
import { severities, Severity } from './severity.ts'

export const Finding = z
  .strictObject({
    id: z
      .string()
      .regex(/^[0-9a-f]{16}$/)
      .meta({ description: 'The same finding has the same id in every run.' }),
    severity: Severity,
    kind: z
      .string()
      .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/)
      .meta({ description: 'What was found; readers must expect kinds that they do not know.' }),
    package: z
      .string()
      .meta({ description: 'The name of the package; empty when it is about the whole project.' }),
    version: z.string(),
    path: z.string().meta({
      description:
        'The key in the lock, or the place of what is not in it; empty for the whole project.',
    }),
    message: z.string().meta({ description: 'One sentence: what it is and why it matters.' }),
    evidence: z.string().meta({ description: 'What was seen, word for word where it can be.' }),
    agent: z.string().min(1).meta({ description: 'Who found it.' }),
  })
  .meta({ id: 'Finding', description: 'One thing that a person may have to act on.' })
export type Finding = z.infer<typeof Finding>

const longestEvidence = 500
const longestMessage = 500

/**
 * Makes a finding from what an agent has seen, and derives its id.
 *
 * The id is the start of a SHA-256 over kind, package, version, path and evidence: neither the
 * severity, which a policy may change, nor the wording of the message is part of it.
 */
export function finding(seen: Omit<Finding, 'id'>): Finding {
  const evidence = clip(seen.evidence, longestEvidence)
  const identity = JSON.stringify([seen.kind, seen.package, seen.version, seen.path, seen.evidence])
  return {
    id: createHash('sha256').update(identity).digest('hex').slice(0, 16),
    severity: seen.severity,
    kind: seen.kind,
    package: seen.package,
    version: seen.version,
    path: seen.path,
    message: clip(seen.message, longestMessage),
    evidence,
    agent: seen.agent,
  }
}

/** Orders findings: the most severe first, then by kind, package, version, path and id. */
export function compareFindings(a: Finding, b: Finding): number {
  return (
    severities.indexOf(b.severity) - severities.indexOf(a.severity) ||
    compareText(a.kind, b.kind) ||
    compareText(a.package, b.package) ||
    compareText(a.version, b.version) ||
    compareText(a.path, b.path) ||
    compareText(a.id, b.id)
  )
}
