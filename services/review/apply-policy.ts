/** What a policy makes of the findings of all agents. */

import { satisfies } from 'semver'
import { compareFindings, finding } from '../contracts/finding.ts'
import type { Finding } from '../contracts/finding.ts'
import { findingKinds, isFindingKind } from '../contracts/finding-kinds.ts'
import type { Ignore, Policy } from '../contracts/policy.ts'

export interface PolicyOutcome {
  /** Sorted, each once. */
  readonly findings: Finding[]
  /** How many were left out because the policy ignores them. */
  readonly ignored: number
}

/**
 * Gives findings the severities of the policy, leaves out what it ignores, and sorts.
 *
 * @param today - the day by which ignores expire, as YYYY-MM-DD; one counts to the end of the day
 * that it names. One that has expired ignores nothing and becomes a finding itself.
 */
export function applyPolicy(
  findings: readonly Finding[],
  policy: Policy,
  today: string,
): PolicyOutcome {
  const active = policy.ignores.filter(({ expires }) => expires >= today)
  const expired = policy.ignores.filter(({ expires }) => expires < today)
  const distinct = new Map<string, Finding>()
  for (const each of [...findings, ...expired.map(expiredFinding)]) {
    const severity = isFindingKind(each.kind) ? policy.severities[each.kind] : undefined
    if (!distinct.has(each.id)) {
      distinct.set(each.id, severity === undefined ? each : { ...each, severity })
    }
  }
  const all = [...distinct.values()]
  const kept = all.filter((each) => !active.some((ignore) => isIgnored(each, ignore)))
  return { findings: kept.sort(compareFindings), ignored: all.length - kept.length }
}

function isIgnored(each: Finding, { id, kind, path, version, package: name }: Ignore): boolean {
  return (
    (id === undefined || id === each.id) &&
    (kind === undefined || kind === each.kind) &&
    (path === undefined || path === each.path) &&
    (name === undefined || matchesName(name, each.package)) &&
    (version === undefined ||
      satisfies(each.version, version, { loose: true, includePrerelease: true }))
  )
}

/** @scope/* is every package of the scope. */
function matchesName(pattern: string, name: string): boolean {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : pattern === name
}

function expiredFinding({ reason, expires, ...ignore }: Ignore): Finding {
  return finding({
    severity: findingKinds['policy-ignore-expired'].severity,
    kind: 'policy-ignore-expired',
    package: ignore.package ?? '',
    version: '',
    path: ignore.path ?? '',
    message: `an ignore in the policy has expired on ${expires} and ignores nothing`,
    evidence: `${JSON.stringify(ignore)}: ${reason}`,
    agent: 'review',
  })
}
