/**
 * Services of a review are killed in the middle of it, by what the journals say, and started again;
 * or stopped until another has taken over, and woken. The report has the same bytes as that of an
 * undisturbed review, and the log keeps every invariant.
 */

import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest'
import { foldJournals } from '../../runtime/durable/inspect.ts'
import { connect, type Client } from '../../runtime/index.ts'
import { silentLogger } from '../../runtime/logger.ts'
import { check } from '../../runtime/testing/checker/check.ts'
import type { Answer } from '../../runtime/testing/checker/evidence.ts'
import { reviewContract } from '../../services/contracts/review.ts'
import { generateProject } from './generated-project.ts'
import { entriesOf, fencesBeside, Progress, type Measure } from './progress.ts'
import {
  names,
  openReviewSystem,
  partitions,
  reportBytes,
  type ReviewSystem,
} from './review-system.ts'
import { WatchedServices } from './watched-services.ts'

const packages = 600
/** The review hands on 250 packages with each call. */
const calls = 3
const checkpointBytes = 1_000_000

interface Kill {
  readonly victims: readonly string[]
  /** When a journal has this much more than when the review began. */
  readonly when: readonly [definition: string, count: number, of: Measure]
}

const services = new WatchedServices({
  STOA_SESSION_TIMEOUT: '2 seconds',
  STOA_CHECKPOINT_BYTES: String(checkpointBytes),
})
const answers: Answer[] = []
/** `inFlight`: those of both that had runs which had not ended. */
const figures = { kills: 0, zombies: 0, inFlight: 0, liveRuns: 0 }
let system: ReviewSystem
let stoa: Client
let directory: string
let undisturbed: string

beforeAll(async () => {
  directory = generateProject({ packages, files: 6 })
  system = await openReviewSystem()
  await Promise.all(names.map((name) => services.start(name)))
  const environment = {
    KAFKA_BROKERS: inject('brokers'),
    SCHEMA_REGISTRY_URL: inject('registryUrl'),
  }
  stoa = await connect({ environment, logger: silentLogger })
  undisturbed = await review('undisturbed')
})

afterAll(async () => {
  await Promise.all([services.close(), stoa.close(), system.log.close()])
  await rm(directory, { recursive: true })
})

test.each<[string, readonly Kill[]]>([
  [
    'inspector and orchestrator',
    [
      {
        victims: ['inspection-worker', 'inspection'],
        when: ['inspection-worker', 60, entriesOf('StepCompleted')],
      },
    ],
  ],
  [
    'the orchestrator as it dispatches, and the review',
    [
      { victims: ['inspection'], when: ['inspection', 1, entriesOf('CallRequested')] },
      { victims: ['review'], when: ['inspection-worker', 200, entriesOf('RunCompleted')] },
    ],
  ],
  [
    'the inspector twice',
    [30, 350].map((count) => ({
      victims: ['inspection-worker'],
      when: ['inspection-worker', count, entriesOf('StepCompleted')] as const,
    })),
  ],
  [
    'everybody, as results are joined',
    [{ victims: names, when: ['inspection', 150, entriesOf('CallCompleted')] }],
  ],
])('a review outlives kill -9 of %s', async (title, kills) => {
  const killed = figures.liveRuns
  const followed = await Promise.all(
    kills.map(async ({ when: [definition, count, of] }) => {
      const progress = await Progress.follow(system.log, system.codec, definition)
      return { progress, reached: progress.reaches(count, of) }
    }),
  )
  const reviewed = review(title)
  for (const [number, { victims }] of kills.entries()) {
    await followed[number]?.reached
    await Promise.all(victims.map((victim) => services.kill(victim)))
    figures.kills += victims.length
    await countLive(victims)
    await Promise.all(victims.map((victim) => services.start(victim)))
  }
  expect(await reviewed).toBe(undisturbed)
  await Promise.all(followed.map(({ progress }) => progress.close()))
  expect(figures.liveRuns).toBeGreaterThan(killed)
})

test.each(['inspection-worker', 'inspection'])(
  'a process of %s that wakes after another has taken over changes nothing',
  async (definition) => {
    const [zombie, successor] = [definition, `${definition}-successor`]
    const incarnation = services.incarnation(zombie)
    const progress = await Progress.follow(system.log, system.codec, definition)
    const isBusy = progress.reaches(
      100,
      entriesOf(definition === 'inspection' ? 'CallCompleted' : 'StepCompleted'),
    )
    const reviewed = review(`zombie of ${definition}`)
    await isBusy
    services.signal(zombie, 'SIGSTOP')
    const isFenced = progress.reaches(partitions, fencesBeside([incarnation]))
    await countLive([definition])
    await services.start(definition, successor)
    await isFenced
    services.signal(zombie, 'SIGCONT')
    figures.zombies += 1
    expect(await reviewed).toBe(undisturbed)
    await progress.close()
    await vi.waitFor(() => expect(services.said(zombie)).toContain('"partition lost"'), 10_000)
    await services.kill(successor)
  },
)

test('the log of it all keeps every invariant, and there was something to keep', async () => {
  const effects = services.effects()
  const evidence = await system.evidence({ effects, answers, checkpointBytes })
  const { violations, census } = await check(system.codec, evidence)
  const { fences, ignoredEntries, reexecutions, checkpoints, entries, commits } = census
  const counted = { fences, ignoredEntries, reexecutions, checkpoints, entries, commits }
  process.stdout.write(`${JSON.stringify({ ...figures, ...counted })}\n`)

  expect(violations).toEqual([])
  expect(census).toMatchObject({ failed: 0, cancelled: 0, parked: 0, deadLetters: 0 })
  expect(census.completed).toBe(answers.length * (1 + calls + packages))
  expect(figures.inFlight).toBeGreaterThan(figures.kills / 2)
  expect(fences).toBeGreaterThanOrEqual(
    (names.length + figures.kills + figures.zombies) * partitions,
  )
  expect(reexecutions).toBeGreaterThan(0)
  expect(checkpoints).toBeGreaterThan(0)
})

/** Reviews the project and returns the bytes of the report. */
async function review(title: string): Promise<string> {
  const id = title.replaceAll(/\W+/g, '-')
  const out = join(directory, 'reports', id)
  const run = await stoa.start(reviewContract, { directory, out }, { id })
  const outcome = await run.result({ timeout: '90 seconds' })
  const output = JSON.stringify(outcome)
  answers.push({ definition: 'review', runId: id, status: 'completed', output })
  return reportBytes(out)
}

/** Counts the runs that are live in the journals of those that have just been struck. */
async function countLive(definitions: readonly string[]): Promise<void> {
  const folded = await Promise.all(
    definitions.map((name) => foldJournals(system.log, system.codec, name)),
  )
  const runs = folded.flatMap(({ states }) => states.flatMap(({ runs: of }) => [...of.values()]))
  const live = runs.filter(({ outcome }) => outcome === null).length
  figures.liveRuns += live
  if (live > 0) figures.inFlight += definitions.length
}
