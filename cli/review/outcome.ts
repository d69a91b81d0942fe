/** The outcome of a review for a person: the verdict, the counts, what to act on, where it stands. */

import type { Finding } from '../../services/contracts/finding.ts'
import type { Counts, Report } from '../../services/contracts/report.ts'
import type { ReviewOutcome } from '../../services/contracts/review.ts'
import { severities, type Severity } from '../../services/contracts/severity.ts'
import { table } from '../terminal/table.ts'
import { plain, type Colors } from '../terminal/terminal.ts'

export interface OutcomeOptions {
  readonly colors: Colors
  readonly columns: number | undefined
  /** For a person: how long it took. */
  readonly took: string
}

const mostFindings = 10
const longestPackage = 44

/** Puts the outcome into words; without a report at hand, into those of its counts. */
export function outcomeText(
  outcome: ReviewOutcome,
  report: Report | undefined,
  { colors, columns, took }: OutcomeOptions,
): string {
  const { verdict, counts } = outcome
  const paint = { pass: colors.green, review: colors.yellow, fail: colors.red }[verdict]
  const project =
    report === undefined ? '' : `${plain(`${report.project.name} ${report.project.version}`)}: `
  const found = `${counted(counts.packages, 'package')}, ${counted(counts.findings, 'finding')}`
  const blocks = [
    `${paint(colors.bold(verdict))}  ${project}${found}, ${took}\n${countsLine(counts, colors)}`,
    ...findingsBlock(report?.findings ?? [], colors, columns),
    `${outcome.report.markdown}\n${outcome.report.json}`,
  ]
  return blocks.join('\n\n')
}

function countsLine(counts: Counts, colors: Colors): string {
  const parts = severities.toReversed().map((severity) => {
    const text = `${severity} ${counts[severity]}`
    return counts[severity] === 0 ? colors.dim(text) : painted(severity, text, colors)
  })
  const ignored = `ignored ${counts.ignored}`
  return [...parts, counts.ignored === 0 ? colors.dim(ignored) : ignored].join('  ')
}

function findingsBlock(
  findings: readonly Finding[],
  colors: Colors,
  columns: number | undefined,
): readonly string[] {
  const toActOn = findings.filter(({ severity }) => severity !== 'info')
  if (toActOn.length === 0) return []
  const shown = toActOn
    .slice(0, mostFindings)
    .map((finding) => [
      painted(finding.severity, finding.severity, colors),
      plain(finding.kind),
      shortened(plain(`${finding.package} ${finding.version}`)),
      plain(finding.message),
    ])
  const rest = toActOn.length - shown.length
  const lines = table(['SEVERITY', 'KIND', 'PACKAGE', 'WHAT'], shown, columns)
  return [rest === 0 ? lines : `${lines}\n${colors.dim(`and ${rest} more in report.md`)}`]
}

function painted(severity: Severity, text: string, colors: Colors): string {
  switch (severity) {
    case 'critical':
    case 'high':
      return colors.red(text)
    case 'medium':
      return colors.yellow(text)
    case 'low':
    case 'info':
      return text
  }
}

function shortened(text: string): string {
  return text.length <= longestPackage ? text : `${text.slice(0, longestPackage - 1)}…`
}

function counted(count: number, noun: string): string {
  return `${count} ${count === 1 ? noun : `${noun}s`}`
}
