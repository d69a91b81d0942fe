/** One review, from its start to its outcome or to the reason why there is none. */

import { setTimeout as delay } from 'node:timers/promises'
import type { RunHandle } from '../../runtime/index.ts'
import { definitionTopics } from '../../schemas/index.ts'
import type { ReviewRequest } from '../../services/contracts/review-request.ts'
import { reviewContract, type ReviewOutcome } from '../../services/contracts/review.ts'
import type { Connection } from '../connection.ts'
import { CommandError } from '../exit-code.ts'
import type { Session } from '../hosting/session.ts'
import { rejectionOf } from '../invocation.ts'
import { plain } from '../terminal/terminal.ts'
import { span } from '../terminal/times.ts'
import { requireSameReview } from './given-id.ts'
import { withGoingOn } from './go-on.ts'
import type { Progress } from './progress.ts'
import { StallReader, type Stall } from './stalls.ts'
import { watchKafka } from './watch-kafka.ts'

export interface Performance {
  readonly session: Session
  /** What opening the session comes to. */
  readonly opening: Promise<Connection>
  readonly request: ReviewRequest
  readonly runId: string
  /** The id was given, and may be that of another review. */
  readonly isGivenId: boolean
  /** How many packages the lock has. */
  readonly packages: number
  readonly progress: Progress
  readonly interrupt: AbortSignal
  /** What a person types to wait for this review once more. */
  readonly commandToGoOn: string
}

const worker = 'inspection-worker'
const involved = [reviewContract.name, 'inspection', worker]
/** A review in which nothing happens for so long is looked into. */
const quietMs = 3_000
const longestQuietMs = 15_000
/** Services that run take a start in within milliseconds. */
const takenInMs = 60_000
/** What has to end before a cancelled run does has this long. */
const cancelMs = 3_000

/**
 * Runs the review. Rejects with the error of the run, with RUN_PARKED or RUN_NOT_TAKEN when it does
 * not go on, with the failure of a service, with how to go on once Kafka is lost, or with the
 * interruption.
 */
export async function performReview(performance: Performance): Promise<ReviewOutcome> {
  const { session, opening, runId, packages, progress, interrupt } = performance
  const aborted = rejectionOf(interrupt)
  const connection = await Promise.race([opening, session.failed, aborted])
  const watching = new AbortController()
  const { signal } = watching
  const lost = watchKafkaOf(performance, signal)
  let cancelled: (() => Promise<void>) | undefined
  try {
    const starting = start(connection, performance)
    const { reader, run } = await Promise.race([starting, lost, session.failed, aborted])
    progress.inspecting(packages)
    const result = run.result()
    cancelled = () => cancel(run, result, progress)
    const stalled = watchStalls({ session, reader, runId, progress, signal })
    return await Promise.race([result, stalled, lost, session.failed, aborted])
  } catch (error) {
    if (interrupt.aborted) await cancelled?.()
    throw withGoingOn(error, runId, performance.commandToGoOn)
  } finally {
    watching.abort()
  }
}

function watchKafkaOf({ session, runId, progress }: Performance, signal: AbortSignal) {
  return watchKafka({
    ...{ runId, where: session.brokers },
    answers: () => session.isKafkaThere(),
    revive: () => session.reviveKafka(),
    note: (line) => progress.note(line),
    now: () => performance.now(),
    pause: (milliseconds) => delay(milliseconds, undefined, { signal, ref: false }),
  })
}

/** Looks where the journals end, and then starts, so that nothing of the run is missed. */
async function start(
  connection: Connection,
  {
    request,
    runId,
    progress,
    isGivenId,
  }: Pick<Performance, 'request' | 'runId' | 'progress' | 'isGivenId'>,
) {
  if (isGivenId) await requireSameReview(connection, runId, request)
  const reader = await StallReader.open(connection, involved, runId)
  const [run] = await Promise.all([
    connection.client.start(reviewContract, request, { id: runId }),
    followInspections(connection, runId, progress),
  ])
  return { reader, run }
}

/** Counts the packages as their inspections end; their ids begin with that of the review. */
async function followInspections(
  { log }: Connection,
  runId: string,
  progress: Progress,
): Promise<void> {
  await log.follow({
    topic: definitionTopics(worker).results,
    onRecords(_partition, records) {
      for (const { key } of records) {
        const id = key === null ? '' : Buffer.from(key).toString('utf8')
        if (id.startsWith(`${runId}/`)) progress.inspected(id)
      }
    },
  })
}

interface Watch extends Pick<Performance, 'session' | 'runId' | 'progress'> {
  readonly reader: StallReader
  readonly signal: AbortSignal
}

/** Looks into the journals whenever nothing happens; rejects once that will not change. */
async function watchStalls({ session, reader, runId, progress, signal }: Watch): Promise<never> {
  const startedAt = performance.now()
  const told = new Set<string>()
  let waitMs = quietMs
  let seen = -1
  for (;;) {
    await delay(waitMs, undefined, { signal, ref: false })
    if (progress.count !== seen) {
      seen = progress.count
      waitMs = quietMs
      continue
    }
    waitMs = Math.min(2 * waitMs, longestQuietMs)
    session.replaceEnded()
    // A look that fails ends nothing: it only tells why a review waits.
    const stall = await reader.look().catch(() => undefined)
    if (stall === undefined) continue
    refuseParked(stall)
    tellRetries(stall, progress, told)
    const quiet = performance.now() - startedAt
    if (stall.isUntouched && quiet > takenInMs) {
      throw new CommandError(
        `no service has answered to run ${runId} for ${span(quiet)}: see that one serves '${reviewContract.name}' on this Kafka`,
        { code: 'RUN_NOT_TAKEN' },
      )
    }
    if (stall.isUntouched) progress.stage('waiting for a service to take the review in')
  }
}

function refuseParked({ parked: [first, ...others] }: Stall): void {
  if (first === undefined) return
  const { definition, runId, error } = first
  const rest = others.length === 0 ? '' : ` (and ${others.length} more)`
  throw new CommandError(
    `run ${runId} of '${definition}' is parked${rest}: ${plain(error.message)} [${error.code}]; mend the cause, then stoa run resume ${definition} ${runId}`,
    { code: 'RUN_PARKED' },
  )
}

function tellRetries({ retrying }: Stall, progress: Progress, told: Set<string>): void {
  for (const { definition, runId, step, attempt, error } of retrying) {
    const line = `step '${step}' of run ${runId} (${definition}) failed and is tried again: ${plain(error.message)}`
    if (told.has(line)) continue
    told.add(line)
    progress.note(`${line} (attempt ${attempt})`)
  }
}

async function cancel(
  run: RunHandle<ReviewOutcome>,
  result: Promise<ReviewOutcome>,
  progress: Progress,
): Promise<void> {
  progress.stage('cancelling the review')
  const ended = result.then(
    () => undefined,
    () => undefined,
  )
  const cancelled = run.cancel('interrupted at the command line').then(
    () => ended,
    () => undefined,
  )
  await Promise.race([cancelled, delay(cancelMs)])
}
