/** J6: the inbox position never passes a message that nothing has been done about. */

import { canonical } from './canonical.ts'
import {
  at,
  type InboxRecord,
  type JournalRecord,
  type LetterRecord,
  type Place,
  type ResultRecord,
} from './decoded.ts'
import { isBefore, startedBy, type Facts } from './facts.ts'
import type { AcceptedEntry, JournalModel, Life } from './model.ts'

export function checkIntake(facts: Facts): void {
  // The first of several copies.
  const letters = new Map(
    facts.decoded.letters.toReversed().map((record) => [placeOf(record), record]),
  )
  for (const { name, inbox, results, refusals } of facts.decoded.definitions) {
    const byRun = Map.groupBy(results, ({ result }) => result.runId)
    // The first that follows each copy of the question.
    const refused = refusals
      .toReversed()
      .flatMap((record) =>
        record.questions
          .filter((question) => isBefore(facts, question, record))
          .map((question) => [placeOfRecord(question), record] as const),
      )
    const turnedAway = new Map<string, Place>([...letters, ...refused])
    for (const model of facts.models.get(name) ?? []) {
      new Intake(facts, model, inbox[model.origin.partition] ?? [], turnedAway, byRun).check()
    }
  }
}

class Intake {
  readonly #facts: Facts
  readonly #model: JournalModel
  readonly #inbox: readonly InboxRecord[]
  /** The dead letter, or the refusal, of a message by its place. */
  readonly #turnedAway: ReadonlyMap<string, Place>
  readonly #results: ReadonlyMap<string, readonly ResultRecord[]>
  readonly #entries: ReadonlyMap<string, readonly AcceptedEntry[]>

  constructor(
    facts: Facts,
    model: JournalModel,
    inbox: readonly InboxRecord[],
    turnedAway: ReadonlyMap<string, Place>,
    results: ReadonlyMap<string, readonly ResultRecord[]>,
  ) {
    this.#facts = facts
    this.#model = model
    this.#inbox = inbox
    this.#turnedAway = turnedAway
    this.#results = results
    const entries = [...model.lives.values()].flat().flatMap((life) => life.entries)
    this.#entries = Map.groupBy(entries, messageIdOf)
  }

  check(): void {
    let next = 0
    let taken = -1n
    const { accepted } = this.#model
    for (const record of accepted) {
      const { inboxTaken } = record.commit
      if (inboxTaken <= taken) continue
      taken = inboxTaken
      for (
        let message = this.#inbox[next];
        message !== undefined && message.offset <= taken;
        message = this.#inbox[next]
      ) {
        next += 1
        this.#checkPassed(message, record)
      }
      const high = this.#inbox.at(-1)?.offset ?? -1n
      if (taken > high)
        this.#facts.report(
          'J6',
          `${at(record)}: the position ${String(taken)} is past the end of the inbox`,
        )
    }
    const left = this.#inbox[next]
    if (this.#facts.evidence.quietAt !== undefined && left !== undefined) {
      this.#facts.report('J9', `${at(left)}: nobody has taken it in`)
    }
  }

  #checkPassed(message: InboxRecord, by: JournalRecord): void {
    const why = this.#neglect(message, by)
    if (why === null) return
    const what =
      message.message === null ? 'a record' : `${message.message.body.type} ${message.message.id}`
    this.#facts.report('J6', `${at(by)}: the position passes ${what} at ${at(message)}: ${why}`)
  }

  /** Why the message is not done with when a commit passes it; null when it is. */
  #neglect(record: InboxRecord, by: JournalRecord): string | null {
    const { message } = record
    const turnedAway = this.#turnedAway.get(placeOfRecord(record))
    if (turnedAway !== undefined && isBefore(this.#facts, turnedAway, by)) return null
    if (message === null) return 'it cannot be read and was not sent to the dead letters'
    const { runId, body } = message
    const own = this.#entries.get(body.type === 'Reply' ? replyKey(runId, body.index) : message.id)
    if (own?.some((entry) => entry.record.offset <= by.offset) === true) return null
    const lives = (this.#model.lives.get(runId) ?? []).filter((life) => startOf(life) <= by.offset)
    if (lives.length === 0) return `run ${runId} has not started, and nobody was told`
    if (body.type === 'Start' || body.type === 'Attach') {
      return lives.some((life) => this.#isAnswered(life, record, by))
        ? null
        : `run ${runId} had ended, and nobody was answered`
    }
    // The last life there was: the run was live, has ended, or lives again by a later message.
    const life = lives.at(-1)
    if (life === undefined || hasEndedBy(life, by)) return null
    if (lives.length > 1 && record.offset < startedBy(life, this.#inbox)) return null
    switch (body.type) {
      case 'Cancel':
        return life.entries.some(
          ({ entry, record: { offset } }) =>
            entry.body.type === 'CancelRequested' && offset <= by.offset,
        )
          ? null
          : `run ${runId} is live and not cancelled`
      case 'Reply':
        return hasOpenCall(life, body.index, by)
          ? `call ${String(body.index)} of run ${runId} is open`
          : null
      case 'Resume':
        return isParkedThroughout(life, record, by) ? `run ${runId} is parked` : null
      case 'Signal':
        return `run ${runId} is live and has no entry for it`
    }
  }

  /** The outcome had not been written when the message came, or was written again after that. */
  #isAnswered(life: Life, record: InboxRecord, by: JournalRecord): boolean {
    if (life.terminal === null || life.terminal.record.time >= record.time) return true
    const results = this.#results.get(life.runId) ?? []
    if (!results.some(({ time }) => time < record.time)) return true
    return results.some(
      (result) => isBefore(this.#facts, record, result) && isBefore(this.#facts, result, by),
    )
  }
}

function messageIdOf({ entry }: AcceptedEntry): string {
  if ('messageId' in entry.body) return entry.body.messageId
  return entry.body.type === 'CallCompleted' ? replyKey(entry.runId, entry.body.index) : ''
}

function replyKey(runId: string, index: number): string {
  return `reply ${runId} ${String(index)}`
}

function startOf(life: Life): bigint {
  return life.entries[0]?.record.offset ?? 0n
}

function hasEndedBy({ terminal }: Life, by: JournalRecord): boolean {
  return terminal !== null && terminal.record.offset <= by.offset
}

function hasOpenCall(life: Life, index: number, by: JournalRecord): boolean {
  let isOpen = false
  for (const { entry, record } of life.entries) {
    if (record.offset > by.offset) break
    const { body } = entry
    if (body.type === 'CallRequested' && body.index === index) isOpen = !body.detached
    if (body.type === 'RunContinued') isOpen = false
  }
  return isOpen
}

function isParkedThroughout(life: Life, since: InboxRecord, by: JournalRecord): boolean {
  let isParked = false
  for (const { entry, record } of life.entries) {
    if (record.offset > by.offset) break
    if (entry.body.type === 'RunParked') isParked = record.time < since.time
    if (entry.body.type === 'RunResumed' || entry.body.type === 'CancelRequested') isParked = false
  }
  return isParked
}

function placeOf({ letter: { topic, partition, offset } }: LetterRecord): string {
  return canonical([topic, partition, offset])
}

function placeOfRecord({ topic, partition, offset }: Place): string {
  return canonical([topic, partition, offset])
}
