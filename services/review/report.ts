/** The report, put together from what all agents know and found. */

import { compareText } from '../contracts/compare-text.ts'
import type { DependencyTree } from '../contracts/dependency-tree.ts'
import { compareFindings } from '../contracts/finding.ts'
import type { Finding } from '../contracts/finding.ts'
import type { PackageFacts } from '../contracts/package-facts.ts'
import type { Counts, Report, ReportMeta, ReportPackage, Verdict } from '../contracts/report.ts'
import { isAtLeast } from '../contracts/severity.ts'
import type { Severity } from '../contracts/severity.ts'
import { versionsByName } from './tree-rules.ts'

export interface ReportParts {
  readonly project: DependencyTree['project']
  readonly facts: readonly PackageFacts[]
  readonly findings: readonly Finding[]
  readonly ignored: number
  readonly meta: ReportMeta
}

/**
 * Puts a report together. In any order of facts and findings it comes out the same, byte for byte
 * but for `meta`.
 */
export function assembleReport(parts: ReportParts): Report {
  const { project, facts, findings, ignored, meta } = parts
  const versions = versionsByName(facts)
  const packages = facts
    .map((each) => toReportPackage(each, versions.get(each.name) ?? []))
    .sort((a, b) => compareText(a.path, b.path))
  return {
    schema: 'stoa.review/1',
    project: { name: project.name, version: project.version },
    verdict: verdictOf(findings, meta.failOn),
    counts: countsOf(packages, findings, ignored),
    packages,
    findings: findings.toSorted(compareFindings),
    meta,
  }
}

/**
 * The verdict on findings: `fail` if one is at or above the threshold, else `review` if one is
 * medium or more, else `pass`.
 */
export function verdictOf(findings: readonly Finding[], failOn: Severity): Verdict {
  if (findings.some(({ severity }) => isAtLeast(severity, failOn))) return 'fail'
  return findings.some(({ severity }) => isAtLeast(severity, 'medium')) ? 'review' : 'pass'
}

function countsOf(
  packages: readonly ReportPackage[],
  findings: readonly Finding[],
  ignored: number,
): Counts {
  const ofSeverity = (wanted: Severity) =>
    findings.filter(({ severity }) => severity === wanted).length
  return {
    packages: packages.length,
    findings: findings.length,
    critical: ofSeverity('critical'),
    high: ofSeverity('high'),
    medium: ofSeverity('medium'),
    low: ofSeverity('low'),
    info: ofSeverity('info'),
    ignored,
  }
}

/** Field by field: the order of the keys is part of the bytes. */
function toReportPackage(facts: PackageFacts, versions: string[]): ReportPackage {
  return {
    path: facts.path,
    name: facts.name,
    version: facts.version,
    dev: facts.dev,
    optional: facts.optional,
    peer: facts.peer,
    bundled: facts.bundled,
    link: facts.link,
    license: facts.license,
    scripts: facts.scripts,
    hasInstallScript: facts.hasInstallScript,
    native: facts.native,
    bin: facts.bin,
    deprecated: facts.deprecated,
    engines: facts.engines,
    enginesOk: facts.enginesOk,
    origin: facts.origin,
    resolved: facts.resolved,
    integrity: facts.integrity,
    integrityAlgorithm: facts.integrityAlgorithm,
    installed: facts.installed,
    versions,
  }
}
