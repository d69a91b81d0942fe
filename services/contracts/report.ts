/**
 * report.json: the contract with every tool that reads a review. A change here is a change of the
 * schema in schemas/report.schema.json, which a test holds to this file.
 */

import { z } from 'zod'
import { Finding } from './finding.ts'
import { packageFields } from './package-facts.ts'
import { Severity } from './severity.ts'

const count = z.int().nonnegative()

export const Verdict = z.enum(['pass', 'review', 'fail']).meta({
  description:
    'fail: a finding at or above the threshold. review: none, but one of medium or more. Else pass.',
})
export type Verdict = z.infer<typeof Verdict>

export const ReportPackage = z
  .strictObject({
    ...packageFields,
    versions: z
      .array(z.string())
      .meta({ description: 'Every version of that name in the tree, the lowest first.' }),
  })
  .meta({ id: 'Package', description: 'One entry of the lock.' })
export type ReportPackage = z.infer<typeof ReportPackage>

export const Counts = z.strictObject({
  packages: count.meta({
    description: "All that are listed, the project's own folders and links among them.",
  }),
  findings: count,
  critical: count,
  high: count,
  medium: count,
  low: count,
  info: count,
  ignored: count.meta({ description: 'Findings that the policy ignores; they are not listed.' }),
})
export type Counts = z.infer<typeof Counts>

export const ReportMeta = z
  .looseObject({
    runId: z.string(),
    startedAt: z.iso.datetime(),
    finishedAt: z.iso.datetime(),
    durationMs: z.number().nonnegative(),
    node: z.int().positive(),
    failOn: Severity,
  })
  .meta({ description: 'All that may differ between two reviews of the same input.' })
export type ReportMeta = z.infer<typeof ReportMeta>

export const Report = z
  .strictObject({
    schema: z.literal('stoa.review/1'),
    project: z.strictObject({ name: z.string(), version: z.string() }),
    verdict: Verdict,
    counts: Counts,
    packages: z.array(ReportPackage).meta({
      description:
        "Sorted by path, one per entry of the lock but the root: third parties, and the project's own folders (workspaces, for instance) and links, which are not judged.",
    }),
    findings: z.array(Finding).meta({ description: 'Sorted, the most severe first.' }),
    meta: ReportMeta,
  })
  .meta({ title: 'Stoa review report' })
export type Report = z.infer<typeof Report>
