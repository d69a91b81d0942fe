/** J9: once nothing moves any more, every run has ended, is parked, or waits for something by name. */

import { at } from './decoded.ts'
import { everyModel, livesOf, type Facts } from './facts.ts'
import { allLives, type Life } from './model.ts'

export function checkProgress(facts: Facts): void {
  const { quietAt, skewMs = 0, faultyCodes = [] } = facts.evidence
  for (const { entry, record } of everyModel(facts)
    .flatMap(allLives)
    .flatMap((life) => life.entries)) {
    const { body } = entry
    if (body.type !== 'RunParked' || !faultyCodes.includes(body.error.code)) continue
    facts.report(
      'J4',
      `${at(record)}: run ${entry.runId} is parked by a replay that differs: ${body.error.message}`,
    )
  }
  if (quietAt === undefined) return
  const overdue = quietAt - skewMs
  for (const life of everyModel(facts).flatMap(allLives)) {
    if (life.run.status !== 'live' || life.terminal !== null) continue
    const why = stuckBecause(facts, life, overdue)
    const last = life.entries.at(-1)
    if (why === null || last === undefined) continue
    facts.report(
      'J9',
      `run ${life.runId} is stuck after ${last.entry.body.type} at ${at(last.record)}: ${why}`,
    )
  }
}

function stuckBecause(facts: Facts, { run }: Life, overdue: number): string | null {
  for (const [index, dueAt] of run.timers) {
    if (dueAt < overdue) return `timer ${String(index)} was due at ${String(dueAt)}`
  }
  if (!run.isCancelled) {
    for (const [index, { retryAt }] of run.retries) {
      if (retryAt < overdue)
        return `operation ${String(index)} was to be tried again at ${String(retryAt)}`
    }
  }
  for (const call of run.calls.values()) {
    const lives = livesOf(facts, call.name, call.runId)
    if (lives.length === 0)
      return `run ${call.runId} of ${call.name} was called and has not started`
    if (lives.every(({ terminal }) => terminal !== null))
      return `run ${call.runId} of ${call.name} has ended, and no reply came`
  }
  if (run.cancel !== null && !run.isCancelled && run.calls.size === 0) {
    return 'it was cancelled, nothing holds that up, and it has not been told'
  }
  // One from before a cancellation is never tried again, and none of after it is overdue.
  const retries = [...run.retries.values()].filter(
    ({ retryAt }) => !run.isCancelled || retryAt >= overdue,
  )
  const waits = run.timers.size + run.waits.length + run.calls.size + retries.length
  return waits === 0 ? 'it waits for nothing that its journal names' : null
}
