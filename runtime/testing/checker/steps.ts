/**
 * J5, and J2 as the code sees it: what was recorded was produced, what a body rests on was decided
 * before it began, what an entry rests on stands before it, and no owner repeats a step whose outcome
 * it has read.
 */

import type { EntryBody } from '../../../schemas/records.ts'
import { at } from './decoded.ts'
import type { Claim, Effect } from './evidence.ts'
import { everyModel, isBefore, type Facts } from './facts.ts'
import { fenceInForce } from './knowledge.ts'
import { allLives, type AcceptedEntry, type JournalModel } from './model.ts'

type Step = Extract<EntryBody, { readonly type: 'StepCompleted' | 'StepFailed' }>

interface Recorded {
  readonly by: AcceptedEntry
  readonly step: Step
  readonly model: JournalModel
}

export function checkSteps(facts: Facts): void {
  const recorded = recordedSteps(facts)
  if (facts.evidence.effects !== null) checkBodies(facts, facts.evidence.effects, recorded)
  checkClaims(facts, recorded)
}

function checkBodies(
  facts: Facts,
  bodies: readonly Effect[],
  recorded: ReadonlyMap<string, readonly Recorded[]>,
) {
  const effects = Map.groupBy(bodies, (effect) => effect.idempotencyKey)
  for (const [key, outcomes] of recorded) {
    for (const outcome of outcomes) checkProduced(facts, key, outcome, effects.get(key) ?? [])
  }
  for (const effect of bodies) {
    const outcomes = recorded.get(effect.idempotencyKey) ?? []
    checkKey(facts, effect)
    for (const outcome of outcomes) checkRepeat(facts, effect, outcome)
    for (const claim of effect.saw) checkSeen(facts, effect, claim, recorded)
  }
}

/** Outcomes and failed attempts by idempotency key. */
function recordedSteps(facts: Facts): ReadonlyMap<string, readonly Recorded[]> {
  const recorded: Recorded[] = []
  for (const model of everyModel(facts)) {
    for (const by of allLives(model).flatMap((life) => life.entries)) {
      const { body } = by.entry
      if (body.type === 'StepCompleted' || body.type === 'StepFailed')
        recorded.push({ by, step: body, model })
    }
  }
  return Map.groupBy(
    recorded,
    ({ by, step }) => `${by.entry.runId}/${String(step.index)}/${step.name}`,
  )
}

function checkProduced(
  facts: Facts,
  key: string,
  { by, step }: Recorded,
  effects: readonly Effect[],
) {
  const what = `${at(by.record)}, run ${by.entry.runId}: attempt ${String(step.attempt)} of step '${step.name}'`
  const attempts = effects.filter(
    (effect) => effect.attempt === step.attempt && effect.begunAt <= by.record.time,
  )
  if (attempts.length === 0) {
    facts.report('J5', `${what} is recorded, and no body ran with the key ${key}`)
    return
  }
  if (step.type === 'StepFailed') return
  const output = Buffer.from(step.output).toString()
  if (!attempts.some((effect) => effect.output === output)) {
    facts.report('J5', `${what} is recorded as ${output}, which no body returned`)
  }
}

function checkKey(facts: Facts, { idempotencyKey, runId, step }: Effect) {
  const isOwn = idempotencyKey.startsWith(`${runId}/`) && idempotencyKey.endsWith(`/${step}`)
  if (!isOwn)
    facts.report('J5', `step '${step}' of run ${runId} ran with the key ${idempotencyKey}`)
}

/** A body that begins under a fence which stands after the outcome of its step. */
function checkRepeat(facts: Facts, effect: Effect, { by, step, model }: Recorded) {
  const isOutcome = step.type === 'StepCompleted' || step.retryAt === null
  if (!isOutcome || effect.incarnation === null || effect.begunAt <= by.record.time) return
  const fence = fenceInForce(model, effect)
  if (fence === undefined || fence.offset <= by.record.offset) return
  const isSameLife = by.life.terminal === null || by.life.terminal.record.time >= effect.begunAt
  if (!isSameLife) return
  facts.report(
    'J5',
    `run ${effect.runId}: step '${effect.step}' ran again at ${String(effect.begunAt)} under the fence ${at(fence)}, and its outcome stands at ${at(by.record)}`,
  )
}

function checkSeen(
  facts: Facts,
  effect: Effect,
  claim: Claim,
  recorded: ReadonlyMap<string, readonly Recorded[]>,
) {
  const began = { time: effect.begunAt }
  const isDecided = recorded
    .get(claim.idempotencyKey)
    ?.some(({ by, step }) => saysSo(step, claim) && isBefore(facts, by.record, began))
  if (isDecided === true) return
  facts.report(
    'J2',
    `run ${effect.runId}: step '${effect.step}' began at ${String(effect.begunAt)} having seen ${claim.output} of ${claim.idempotencyKey}, which was not decided`,
  )
}

/** What entries say that their runs have seen stands before them. */
function checkClaims(facts: Facts, recorded: ReadonlyMap<string, readonly Recorded[]>) {
  const { claimsOf } = facts.evidence
  if (claimsOf === undefined) return
  for (const model of everyModel(facts)) {
    for (const accepted of allLives(model).flatMap((life) => life.entries)) {
      const { entry, record } = accepted
      const payload = payloadOf(entry.body)
      if (payload === null || payload.byteLength === 0) continue
      for (const claim of claimsOf(JSON.parse(Buffer.from(payload).toString()))) {
        const stands = recorded
          .get(claim.idempotencyKey)
          ?.some(({ by, step }) => saysSo(step, claim) && standsBefore(facts, by, accepted))
        if (stands !== true) {
          facts.report(
            'J2',
            `${at(record)}, run ${entry.runId}, seq ${String(entry.seq)}: rests on ${claim.output} of ${claim.idempotencyKey}, which does not stand before it`,
          )
        }
      }
    }
  }
}

/** Code runs ahead of its journal, so that an entry may rest on one in the same commit. */
function standsBefore(facts: Facts, one: AcceptedEntry, other: AcceptedEntry): boolean {
  const { topic, partition, offset } = other.record
  if (one.record.topic !== topic || one.record.partition !== partition) {
    return isBefore(facts, one.record, other.record)
  }
  return one.record.offset < offset || (one.record.offset === offset && one.index < other.index)
}

function saysSo(step: Step, claim: Claim): boolean {
  return step.type === 'StepCompleted' && Buffer.from(step.output).toString() === claim.output
}

/** What the code of a run put into an entry. */
function payloadOf(body: EntryBody): Uint8Array | null {
  switch (body.type) {
    case 'RunCompleted':
      return body.output
    case 'CallRequested':
    case 'RunContinued':
      return body.input
    case 'Published':
      return body.payload
    default:
      return null
  }
}
