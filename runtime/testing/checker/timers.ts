/** J8 for retries: the next attempt never begins before it is due. Timers are checked by the fold. */

import { everyModel, type Facts } from './facts.ts'
import { allLives } from './model.ts'

export function checkRetries(facts: Facts): void {
  const effects = Map.groupBy(
    facts.evidence.effects ?? [],
    ({ idempotencyKey, attempt }) => `${idempotencyKey} ${String(attempt)}`,
  )
  for (const life of everyModel(facts).flatMap(allLives)) {
    for (const { entry, record } of life.entries) {
      const { body } = entry
      if (body.type !== 'StepFailed' || body.retryAt === null) continue
      const key = `${entry.runId}/${String(body.index)}/${body.name}`
      for (const effect of effects.get(`${key} ${String(body.attempt + 1)}`) ?? []) {
        const isOwn =
          effect.begunAt > record.time &&
          (life.terminal === null || effect.begunAt <= life.terminal.record.time)
        if (isOwn && effect.begunAtOwn < body.retryAt) {
          facts.report(
            'J8',
            `run ${entry.runId}: attempt ${String(effect.attempt)} of step '${body.name}' began at ${String(effect.begunAtOwn)}, before ${String(body.retryAt)}`,
          )
        }
      }
    }
  }
}
