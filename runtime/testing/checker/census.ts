/** What there was to check: a check of nothing proves nothing. */

import { everyModel, type Facts } from './facts.ts'
import { allLives, type JournalModel } from './model.ts'

export interface Census {
  readonly commits: number
  readonly entries: number
  readonly runs: number
  readonly completed: number
  readonly failed: number
  readonly cancelled: number
  readonly continued: number
  readonly parked: number
  readonly resumed: number
  /** Lives of run ids beyond the first. */
  readonly reincarnations: number
  readonly fences: number
  /** Entries that a fenced owner wrote. */
  readonly ignoredEntries: number
  /** Inbox messages passed without an entry of their own. */
  readonly duplicatesDropped: number
  /** Bodies beyond the first of their step and attempt. */
  readonly reexecutions: number
  readonly checkpoints: number
  readonly trims: number
  readonly timersFired: number
  readonly signals: number
  readonly calls: number
  readonly published: number
  readonly deadLetters: number
  /** Questions for runs that are not known. */
  readonly refusals: number
}

export function census(facts: Facts): Census {
  const { evidence, decoded } = facts
  const models = everyModel(facts)
  const lives = models.flatMap(allLives)
  const entries = lives.flatMap((life) => life.entries)
  const count = (type: string) => entries.filter(({ entry }) => entry.body.type === type).length
  const effects = evidence.effects ?? []
  const executions = Map.groupBy(
    effects,
    ({ idempotencyKey, attempt }) => `${idempotencyKey} ${String(attempt)}`,
  )
  const sum = (of: (model: JournalModel) => number) =>
    models.reduce((total, model) => total + of(model), 0)
  return {
    commits: sum((model) => model.records.length),
    entries: entries.length,
    runs: lives.length,
    completed: count('RunCompleted'),
    failed: count('RunFailed'),
    cancelled: count('RunCancelled'),
    continued: count('RunContinued'),
    parked: count('RunParked'),
    resumed: count('RunResumed'),
    reincarnations: sum((model) =>
      [...model.lives.values()].reduce((more, of) => more + of.length - 1, 0),
    ),
    fences: sum((model) => model.fences.length),
    ignoredEntries: sum((model) => model.ignoredEntries),
    duplicatesDropped: duplicates(facts),
    reexecutions: effects.length - executions.size,
    checkpoints: sum((model) => model.checkpoints.length),
    trims: [...(evidence.lows ?? [])].filter(
      ([place, low]) => place.includes('.journal/') && low > 0n,
    ).length,
    timersFired: count('TimerFired'),
    signals: count('SignalReceived'),
    calls: count('CallRequested'),
    published: count('Published'),
    deadLetters: decoded.letters.length,
    refusals: decoded.definitions.reduce((sum, { refusals }) => sum + refusals.length, 0),
  }
}

function duplicates({ decoded, models }: Facts): number {
  let dropped = 0
  for (const { name, inbox } of decoded.definitions) {
    for (const model of models.get(name) ?? []) {
      const entered = new Set<string>()
      for (const { entry } of allLives(model).flatMap((life) => life.entries)) {
        if ('messageId' in entry.body) entered.add(entry.body.messageId)
      }
      for (const { message, offset } of inbox[model.origin.partition] ?? []) {
        if (message === null || message.body.type === 'Reply' || offset > model.inboxTaken) continue
        // The first copy is the entry's, every further one was dropped.
        if (!entered.delete(message.id)) dropped += 1
      }
    }
  }
  return dropped
}
