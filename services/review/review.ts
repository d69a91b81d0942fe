/**
 * The review of a project's third-party dependencies, from the lock to the report.
 *
 * What a step hands on is recorded, so a large lock goes through in slices; the facts that the
 * report is made of are the outcomes of the calls, and are not recorded once more.
 */

import { createHash } from 'node:crypto'
import { TerminalError, workflow, type Context } from '../../runtime/index.ts'
import type { DependencyTree, PackageRef } from '../contracts/dependency-tree.ts'
import { inspectionContract } from '../contracts/inspection.ts'
import type { PackageFacts } from '../contracts/package-facts.ts'
import { reviewContract, type ReviewOutcome } from '../contracts/review.ts'
import type { ReviewRequest } from '../contracts/review-request.ts'
import { applyPolicy } from './apply-policy.ts'
import { compareProject } from './compare-project.ts'
import { findingsIn } from './findings.ts'
import { InputError } from './input-error.ts'
import { readLockfile } from './read-lockfile.ts'
import { readPolicy } from './read-policy.ts'
import { assembleReport } from './report.ts'
import { sliceBounds } from './slice-bounds.ts'
import { writeReport } from './write-report.ts'

const slice = { count: 250, bytes: 1024 * 1024 }
const callsAtOnce = 4

export const review = workflow({
  ...reviewContract,
  async run(ctx, request): Promise<ReviewOutcome> {
    const startedAt = ctx.now()
    const policy = await ctx.step('read policy', () =>
      terminal(readPolicy(request.directory, request.policy)),
    )
    const read = lockReader(request)
    const lock = await ctx.step('read lockfile', async () => summaryOf(await read()))
    const facts = await inspect(ctx, lock, read)
    const compared = await ctx.step('compare project', async () =>
      compareProject(unchanged(await read(), lock)),
    )
    const finishedAt = ctx.now()
    return ctx.step('write report', async () => {
      const today = new Date(startedAt).toISOString().slice(0, 10)
      const all = [...findingsIn(facts, policy), ...compared]
      const { findings, ignored } = applyPolicy(all, policy, today)
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
  /** The first package of each slice, and behind the last. */
  readonly slices: readonly number[]
  /** Tells when the lock has changed between two steps. */
  readonly digest: string
}

interface ReadLock {
  readonly tree: DependencyTree
  readonly digest: string
}

/** Reads the lock once for as long as the process keeps the run: only bodies of steps use it. */
function lockReader(request: ReviewRequest): () => Promise<ReadLock> {
  let lock: Promise<ReadLock> | undefined
  return () => {
    lock ??= readLock(request)
    lock.catch(() => {
      lock = undefined
    })
    return lock
  }
}

async function inspect(
  ctx: Context,
  lock: LockSummary,
  read: () => Promise<ReadLock>,
): Promise<PackageFacts[]> {
  const facts: PackageFacts[] = []
  const slices = lock.slices.slice(1).map((to, at) => ({ from: lock.slices[at], to }))
  for (let first = 0; first < slices.length; first += callsAtOnce) {
    const inspected = await Promise.all(
      slices.slice(first, first + callsAtOnce).map(async ({ from, to }) => {
        const packages = await ctx.step('read packages', async () => {
          const tree = unchanged(await read(), lock)
          return tree.packages.slice(from, to)
        })
        return factsOf(ctx, packages)
      }),
    )
    facts.push(...inspected.flat())
  }
  return facts
}

/**
 * What is found of a package may be far more than the lock says of it: facts that are too large for
 * one result are asked for in halves.
 */
async function factsOf(ctx: Context, packages: readonly PackageRef[]): Promise<PackageFacts[]> {
  try {
    const { results } = await ctx.call(inspectionContract, { packages: [...packages] })
    return results
  } catch (error) {
    const isTooLarge = error instanceof TerminalError && error.code === 'ENTRY_TOO_LARGE'
    if (!isTooLarge || packages.length < 2) throw error
    const half = Math.ceil(packages.length / 2)
    const first = await factsOf(ctx, packages.slice(0, half))
    return [...first, ...(await factsOf(ctx, packages.slice(half)))]
  }
}

async function readLock(request: ReviewRequest): Promise<ReadLock> {
  const tree = await terminal(readLockfile(request.directory, { node: request.node }))
  return { tree, digest: createHash('sha256').update(JSON.stringify(tree)).digest('hex') }
}

function summaryOf({ tree, digest }: ReadLock): LockSummary {
  return { project: tree.project, slices: sliceBounds(tree.packages, slice), digest }
}

function unchanged({ tree, digest }: ReadLock, lock: LockSummary): DependencyTree {
  if (digest === lock.digest) return tree
  throw new TerminalError(
    `the lock of ${tree.directory} changed while it was reviewed: review it again`,
    { code: 'LOCKFILE_CHANGED' },
  )
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
