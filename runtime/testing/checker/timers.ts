/** J8 for retries: the next attempt never begins before it is due. Timers are checked by the fold. */

import type { Place } from './decoded.ts'
import type { Effect } from './evidence.ts'
import { everyModel, type Facts } from './facts.ts'
import { mayHaveKnown } from './knowledge.ts'
import { allLives, type AcceptedEntry, type JournalModel, type Life } from './model.ts'

interface Placed {
  readonly model: JournalModel
  readonly life: Life
  readonly accepted: AcceptedEntry
}

export function checkRetries(facts: Facts): void {
  const effects = Map.groupBy(
    facts.evidence.effects ?? [],
    ({ idempotencyKey, attempt }) => `${idempotencyKey} ${String(attempt)}`,
  )
  for (const model of everyModel(facts)) {
    for (const life of allLives(model)) {
      for (const accepted of life.entries) checkRetry(facts, { model, life, accepted }, effects)
    }
  }
}

function checkRetry(
  facts: Facts,
  { model, life, accepted: { entry, record } }: Placed,
  effects: ReadonlyMap<string, readonly Effect[]>,
): void {
  const { body } = entry
  if (body.type !== 'StepFailed' || body.retryAt === null) return
  const key = `${entry.runId}/${String(body.index)}/${body.name}`
  for (const effect of effects.get(`${key} ${String(body.attempt + 1)}`) ?? []) {
    const isOfLife =
      effect.begunAt > record.time &&
      (life.terminal === null || effect.begunAt <= life.terminal.record.time)
    const isEarly = isOfLife && effect.begunAtOwn < body.retryAt
    if (isEarly && mayHaveKnown(model, effect, record) && !isResumed(life, record, effect)) {
      facts.report(
        'J8',
        `run ${entry.runId}: attempt ${String(effect.attempt)} of step '${body.name}' began at ${String(effect.begunAtOwn)}, before ${String(body.retryAt)}`,
      )
    }
  }
}

/** A run that was parked and goes on begins its steps anew, whatever they waited for. */
function isResumed({ entries }: Life, since: Place, { begunAt }: Effect): boolean {
  let isParked = false
  for (const { entry, record } of entries) {
    if (record.time > begunAt) return false
    const { type } = entry.body
    const resumes = type === 'RunResumed' || (type === 'CancelRequested' && isParked)
    if (resumes && record.time >= since.time) return true
    if (resumes) isParked = false
    if (type === 'RunParked') isParked = true
  }
  return false
}
