/**
 * The fold of the checker: one pass over a journal partition that keeps which commits and entries
 * are accepted, and what they owe.
 */

import type { Entry } from '../../../schemas/records.ts'
import { at, type JournalRecord } from './decoded.ts'
import { applyToModel, modelRun, type ModelRun } from './model-run.ts'
import { owedBy, type Origin, type Owed } from './owed.ts'
import type { Report } from './violation.ts'

export interface AcceptedEntry {
  readonly entry: Entry
  readonly record: JournalRecord
  /** Place among the entries of its commit. */
  readonly index: number
  readonly life: Life
}

/** One life of a run id: it may be started again once it is forgotten. */
export interface Life {
  readonly origin: Origin
  readonly runId: string
  readonly run: ModelRun
  readonly entries: AcceptedEntry[]
  terminal: AcceptedEntry | null
  /** Entries that owe something, and that no position covers yet. */
  unconfirmed: number
  /** The commit that has let it be forgotten. */
  forgottenBy: JournalRecord | null
}

export interface OwedItem extends Owed {
  readonly by: AcceptedEntry
  /** The commit whose position covers it. */
  confirmedBy: JournalRecord | null
}

/** A checkpoint whose end was accepted. */
export interface Checkpoint {
  readonly begun: bigint
  readonly ended: bigint
}

export interface JournalModel {
  readonly origin: Origin
  readonly records: readonly JournalRecord[]
  readonly accepted: JournalRecord[]
  readonly fences: JournalRecord[]
  /** Every life of a run id, in order. */
  readonly lives: Map<string, Life[]>
  readonly owed: OwedItem[]
  readonly checkpoints: Checkpoint[]
  epoch: bigint
  inboxTaken: bigint
  confirmed: { readonly offset: bigint; readonly index: number }
  /** Commits and entries that a fenced owner wrote. */
  ignoredCommits: number
  ignoredEntries: number
}

/** @param each called after every record */
export function foldModel(
  origin: Origin,
  records: readonly JournalRecord[],
  report: Report,
  each: (model: JournalModel, record: JournalRecord) => void = () => undefined,
): JournalModel {
  const model: JournalModel = {
    origin,
    records,
    accepted: [],
    fences: [],
    lives: new Map(),
    owed: [],
    checkpoints: [],
    epoch: -1n,
    inboxTaken: -1n,
    confirmed: { offset: -1n, index: -1 },
    ignoredCommits: 0,
    ignoredEntries: 0,
  }
  let begun: bigint | null = null
  let writer: string | null = null
  let firstOpen = 0
  let expected = 0n
  const ids = new Set<string>()
  const take = (record: JournalRecord) => {
    const { commit, offset } = record
    if (commit.fence !== null) {
      model.fences.push(record)
      model.epoch = offset
      writer = record.writer
      begun = null
      return
    }
    if (commit.epoch > model.epoch) {
      report(
        'J1',
        `${at(record)}: epoch ${String(commit.epoch)} is later than the fence in force, ${String(model.epoch)}`,
      )
    }
    if (commit.epoch !== model.epoch) {
      model.ignoredCommits += 1
      model.ignoredEntries += commit.entries.length
      return
    }
    if (record.writer !== null && record.writer !== writer) {
      report(
        'J1',
        `${at(record)}: written by ${record.writer} under the fence of ${String(writer)}`,
      )
    }
    model.accepted.push(record)
    if (commit.inboxTaken > model.inboxTaken) model.inboxTaken = commit.inboxTaken
    firstOpen = confirm(model, record, firstOpen, report)
    for (const part of commit.checkpoint) {
      if (part.type === 'CheckpointBegun') {
        begun = offset
        forget(model, part.forgetBefore, record)
      } else if (part.type === 'CheckpointEnded' && part.begun === begun) {
        model.checkpoints.push({ begun: part.begun, ended: offset })
        begun = null
      }
    }
    // What a late copy of a record repeats is ignored; what a new record repeats is a fault.
    const isCopy = record.id !== null && ids.has(record.id)
    if (record.id !== null) ids.add(record.id)
    const complain = isCopy ? () => undefined : report
    commit.entries.forEach((entry, index) => accept(model, { record, entry, index }, complain))
  }
  for (const record of records) {
    if (record.offset !== expected) {
      report('J4', `${at(record)}: the journal has a hole from ${String(expected)}`)
    }
    expected = record.offset + 1n
    take(record)
    each(model, record)
  }
  return model
}

/** The life that a run id is in; undefined when it is not known, or forgotten. */
export function lifeOf(model: JournalModel, runId: string): Life | undefined {
  const life = model.lives.get(runId)?.at(-1)
  return life?.forgottenBy === null ? life : undefined
}

export function allLives(model: JournalModel): readonly Life[] {
  return [...model.lives.values()].flat()
}

function accept(
  model: JournalModel,
  placed: { readonly record: JournalRecord; readonly entry: Entry; readonly index: number },
  reportTo: Report,
) {
  const { entry, record } = placed
  const { runId, seq, body } = entry
  const report: Report = (rule, message) =>
    reportTo(rule, `${at(record)}, run ${runId}, seq ${String(seq)}: ${message}`)
  const known = lifeOf(model, runId)
  if (known === undefined) {
    const run = seq === 1 ? modelRun(entry) : null
    if (run === null) {
      report('J1', `${body.type} for a run that has not started`)
      return
    }
    const life: Life = {
      origin: model.origin,
      runId,
      run,
      entries: [],
      terminal: null,
      unconfirmed: 0,
      forgottenBy: null,
    }
    life.entries.push({ ...placed, life })
    const lives = model.lives.get(runId)
    if (lives === undefined) model.lives.set(runId, [life])
    else lives.push(life)
    return
  }
  if (known.terminal !== null) {
    report('J3', `${body.type} after the run ended at ${at(known.terminal.record)}`)
    return
  }
  if (seq !== known.run.seq + 1) {
    report('J1', `${body.type} where seq ${String(known.run.seq + 1)} comes next`)
    return
  }
  const accepted: AcceptedEntry = { ...placed, life: known }
  const items = owedBy(model.origin, known.run, entry)
  for (const owed of items) model.owed.push({ ...owed, by: accepted, confirmedBy: null })
  if (items.length > 0) known.unconfirmed += 1
  applyToModel(known.run, entry, report)
  known.entries.push(accepted)
  if (known.run.outcome !== null) known.terminal = accepted
}

/** Returns how many owed items are confirmed. */
function confirm(
  model: JournalModel,
  record: JournalRecord,
  confirmed: number,
  report: Report,
): number {
  const { outboxConfirmed: position } = record.commit
  const { offset, index } = model.confirmed
  if (position.offset < offset || (position.offset === offset && position.index <= index))
    return confirmed
  if (position.offset >= record.offset) {
    report('J7', `${at(record)}: confirms offset ${String(position.offset)}, which comes after it`)
  }
  model.confirmed = position
  for (; confirmed < model.owed.length; confirmed += 1) {
    const owed = model.owed[confirmed]
    if (owed === undefined) break
    const { record: from, index: place } = owed.by
    const isCovered =
      from.offset < position.offset || (from.offset === position.offset && place <= position.index)
    if (!isCovered) break
    owed.confirmedBy = record
    if (owed.by !== model.owed[confirmed - 1]?.by) owed.by.life.unconfirmed -= 1
  }
  return confirmed
}

/** Ended runs that owe nothing are forgotten once the time for answering them again is over. */
function forget(model: JournalModel, before: number, by: JournalRecord) {
  for (const lives of model.lives.values()) {
    const life = lives.at(-1)
    if (life?.terminal == null || life.forgottenBy !== null || life.unconfirmed > 0) continue
    if (life.run.at < before) life.forgottenBy = by
  }
}
