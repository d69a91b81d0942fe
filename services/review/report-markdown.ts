/**
 * report.md: the same review for people. Names, scripts and messages are strangers' text, so
 * nothing of it may become markup, a link or a control sequence of a terminal.
 */

import { clip } from '../contracts/clip.ts'
import type { Finding } from '../contracts/finding.ts'
import { findingKinds, isFindingKind } from '../contracts/finding-kinds.ts'
import { oneLine } from '../contracts/one-line.ts'
import type { Report, ReportPackage } from '../contracts/report.ts'
import { isAtLeast, severities } from '../contracts/severity.ts'
import { isOwnFolder, linkTarget } from './lock-path.ts'

const mostRows = 200
const longestCell = 200

/** Renders a report as Markdown: the verdict, the counts, what to act on and where to look. */
export function renderMarkdown(report: Report): string {
  const { project, counts, findings, meta } = report
  const toActOn = findings.filter(({ severity }) => severity !== 'info')
  const lines = [
    `# Review of ${plain(project.name)} ${plain(project.version)}`.trimEnd(),
    '',
    `**${report.verdict}**: ${verdictInWords(report)}`,
    '',
    '| Packages | Critical | High | Medium | Low | Info | Ignored |',
    '|---:|---:|---:|---:|---:|---:|---:|',
    `| ${counts.packages} | ${counts.critical} | ${counts.high} | ${counts.medium} | ${counts.low} | ${counts.info} | ${counts.ignored} |`,
    '',
    ...ownInWords(report.packages),
    '## What to act on',
    '',
    ...findingsTable(toActOn),
    '',
    '## Where to look',
    '',
    ...whereToLook(findings),
    '',
    `Reviewed for Node.js ${meta.node}. Every package and finding, with ids and evidence in full, is in report.json.`,
    '',
  ]
  return lines.join('\n')
}

function verdictInWords({ verdict, findings, meta }: Report): string {
  const blocking = findings.filter(({ severity }) => isAtLeast(severity, meta.failOn)).length
  switch (verdict) {
    case 'fail':
      return `${blocking} ${blocking === 1 ? 'finding is' : 'findings are'} ${meta.failOn} or above.`
    case 'review':
      return `no finding is ${meta.failOn} or above, but some are for a person to decide.`
    case 'pass':
      return `no finding is ${isAtLeast(meta.failOn, 'medium') ? 'medium' : meta.failOn} or above.`
  }
}

/** A link and the folder that it leads to are two entries of the lock. */
function ownInWords(packages: readonly ReportPackage[]): string[] {
  const own = packages.filter(({ path, link, resolved }) =>
    isOwnFolder(link ? linkTarget(resolved ?? '') : path),
  )
  const thirdParties = packages.length - own.length
  return own.length === 0
    ? []
    : [
        `Third-party packages: ${thirdParties}. The other entries are the project's own folders and links to them, which are not judged.`,
        '',
      ]
}

function findingsTable(findings: readonly Finding[]): string[] {
  if (findings.length === 0) return ['Nothing.']
  const rows = findings
    .slice(0, mostRows)
    .map(({ severity, kind, package: name, version, path, message, evidence }) =>
      [
        severity,
        kind,
        code(`${name} ${version}`.trim()),
        code(path),
        plain(message),
        code(evidence),
      ]
        .map((cell) => ` ${cell} `)
        .join('|'),
    )
  const rest = findings.length - rows.length
  return [
    '| Severity | Kind | Package | Path | What | Evidence |',
    '|---|---|---|---|---|---|',
    ...rows.map((row) => `|${row}|`),
    ...(rest > 0 ? ['', `And ${rest} more in report.json.`] : []),
  ]
}

function whereToLook(findings: readonly Finding[]): string[] {
  const byKind = Map.groupBy(findings, ({ kind }) => kind)
  if (byKind.size === 0) return ['Nowhere in particular.']
  return [...byKind].map(([kind, all]) => {
    const advice = isFindingKind(kind) ? findingKinds[kind].advice : 'read the findings'
    return `- ${kind} (${all.length}, ${worst(all)}): ${advice}`
  })
}

function worst(findings: readonly Finding[]): string {
  return severities.findLast((level) => findings.some(({ severity }) => severity === level)) ?? ''
}

/** Backslashes in front of all that could begin markup. */
function plain(text: string): string {
  return oneLine(text).replace(/[\\`*_{}[\]<>|#~!&]/g, '\\$&')
}

/**
 * A span of code, fenced by more backticks than are in it. In a table a bar ends a cell even so,
 * unless a backslash stands before it, and one that has a backslash already cannot be escaped.
 */
function code(text: string): string {
  const shown = clip(oneLine(text), longestCell).replace(/(\\*)\|/g, (_, slashes: string) =>
    slashes === '' ? '\\|' : `${slashes}¦`,
  )
  if (shown === '') return ''
  const longest = Math.max(0, ...(shown.match(/`+/g) ?? []).map((run) => run.length))
  const fence = '`'.repeat(longest + 1)
  return longest === 0 ? `${fence}${shown}${fence}` : `${fence} ${shown} ${fence}`
}
