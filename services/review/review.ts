// The review of a project's third-party dependencies, from the lock to the report.
//
// What a step hands on is recorded, so a large lock goes through in slices; the facts that the
// report is made of are the outcomes of the calls, and are not recorded once more.

import { createHash } from 'node:crypto'
import { TerminalError, workflow, type Context } from '../../runtime/index.ts'
import type { DependencyTree } from '../contracts/dependency-tree.ts'
import { inspectionContract } from '../contracts/inspection.ts'
import type { PackageFacts } from '../contracts/package-facts.ts'
import { reviewContract, type ReviewOutcome } from '../contracts/review.ts'
import type { ReviewRequest } from '../contracts/review-request.ts'
import { applyPolicy } from './apply-policy.ts'
import { findingsIn } from './findings.ts'
import { InputError } from './input-error.ts'
import { readLockfile } from './read-lockfile.ts'
import { readPolicy } from './read-policy.ts'
import { assembleReport } from './report.ts'
import { writeReport } from './write-report.ts'

const packagesPerCall = 250
const callsAtOnce = 4

export const review = workflow({
  ...reviewContract,
  async run(ctx, request): Promise<ReviewOutcome> {
    const startedAt = ctx.now()
    const policy = await ctx.step('read policy', () =>
      terminal(readPolicy(request.directory, request.policy)),
    )
    const lock = await ctx.step('read lockfile', () => summarize(request))
    const facts = await inspect(ctx, request, lock)
    const finishedAt = ctx.now()
    return ctx.step('write report', async () => {
      const today = new Date(startedAt).toISOString().slice(0, 10)
      const { findings, ignored } = applyPolicy(findingsIn(facts, policy), policy, today)
      const meta = {
        runId: ctx.runId,
        startedAt: new Date(startedAt).toISOString(),
        finishedAt: new Date(finishedAt).toISOString(),
        durationMs: finishedAt - startedAt,
        node: request.node,
        failOn: request.failOn,
      }
      const report = assembleReport({ project: lock.project, facts, findings, ignored, meta })
      const written = await writeReport(report, request.out ?? request.directory)
      return { verdict: report.verdict, counts: report.counts, report: written }
    })
  },
})

interface LockSummary {
  readonly project: DependencyTree['project']
  readonly packages: number
  /** Tells when the lock has changed between two steps. */
  readonly digest: string
}

async function inspect(
  ctx: Context,
  request: ReviewRequest,
  lock: LockSummary,
): Promise<PackageFacts[]> {
  const facts: PackageFacts[] = []
  const slices = Array.from(
    { length: Math.ceil(lock.packages / packagesPerCall) },
    (_, slice) => slice * packagesPerCall,
  )
  for (let first = 0; first < slices.length; first += callsAtOnce) {
    const inspected = await Promise.all(
      slices.slice(first, first + callsAtOnce).map(async (from) => {
        const packages = await ctx.step('read packages', () => slice(request, lock, from))
        return ctx.call(inspectionContract, { packages })
      }),
    )
    for (const { results } of inspected) facts.push(...results)
  }
  return facts
}

async function summarize(request: ReviewRequest): Promise<LockSummary> {
  const tree = await terminal(readLockfile(request.directory, { node: request.node }))
  return { project: tree.project, packages: tree.packages.length, digest: digestOf(tree) }
}

async function slice(request: ReviewRequest, lock: LockSummary, from: number) {
  const tree = await terminal(readLockfile(request.directory, { node: request.node }))
  if (digestOf(tree) !== lock.digest) {
    throw new TerminalError(
      `the lock of ${request.directory} changed while it was reviewed: review it again`,
      { code: 'LOCKFILE_CHANGED' },
    )
  }
  return tree.packages.slice(from, from + packagesPerCall)
}

function digestOf(tree: DependencyTree): string {
  return createHash('sha256').update(JSON.stringify(tree)).digest('hex')
}

/** An input that cannot be reviewed ends the run; trying again would change nothing. */
async function terminal<T>(reading: Promise<T>): Promise<T> {
  try {
    return await reading
  } catch (error) {
    if (error instanceof InputError) {
      throw new TerminalError(error.message, { code: error.code, cause: error })
    }
    throw error
  }
}
