/**
 * J4: the runtime's fold and the checker's say the same of a journal; and folding from a checkpoint
 * gives what folding from the beginning gives.
 */

import {
  emptyPartition,
  fold,
  restoringPartition,
  type PartitionState,
} from '../../durable/fold.ts'
import type { RunState } from '../../durable/run-state.ts'
import { canonical } from './canonical.ts'
import { at, type JournalRecord } from './decoded.ts'
import { everyModel, type Facts } from './facts.ts'
import { lifeOf, type JournalModel, type Life } from './model.ts'
import type { Origin } from './owed.ts'
import type { Report } from './violation.ts'

/** After how many commits past a checkpoint's end both folds are compared once more. */
const laterCommits = 50

export function checkFolds(facts: Facts): void {
  for (const model of everyModel(facts)) {
    const { records, checkpoints, origin } = model
    const full = emptyPartition(origin)
    const ends = new Map(checkpoints.map((checkpoint) => [checkpoint.ended, checkpoint]))
    const restored: {
      readonly begun: bigint
      readonly state: PartitionState
      readonly until: bigint
    }[] = []
    for (const record of records) {
      fold(full, record.offset, record.commit)
      for (const { state } of restored) fold(state, record.offset, record.commit)
      const ended = ends.get(record.offset)
      if (ended !== undefined) {
        const state = foldFrom(model, ended.begun, record.offset)
        compare(facts, record, ended.begun, full, state)
        restored.push({ begun: ended.begun, state, until: record.offset + BigInt(laterCommits) })
      }
      for (const { begun, state, until } of restored) {
        const isLast = record === records.at(-1)
        if (record.offset === until || isLast) compare(facts, record, begun, full, state)
      }
      while (restored[0] !== undefined && restored[0].until <= record.offset) restored.shift()
    }
  }
}

/** Folds a journal with the runtime's fold beside the checker's, and compares them commit by commit. */
export function agreement(
  origin: Origin,
  report: Report,
): (model: JournalModel, record: JournalRecord) => void {
  const state = emptyPartition(origin)
  return (model, record) => {
    const { commit, offset } = record
    fold(state, offset, commit)
    const say = (what: string, runtime: unknown, rules: unknown) => {
      const [left, right] = [canonical(runtime), canonical(rules)]
      if (left !== right)
        report(
          'J4',
          `${at(record)}: the runtime's fold has ${what} ${left}, by the rules it is ${right}`,
        )
    }
    say('epoch', state.epoch, model.epoch)
    say('inboxTaken', state.inboxTaken, model.inboxTaken)
    say('outboxConfirmed', state.outboxConfirmed, model.confirmed)
    say('the newest checkpoint', state.lastCheckpoint, model.checkpoints.at(-1)?.begun ?? -1n)
    if (commit.checkpoint.length > 0) {
      const known = [...model.lives.keys()].filter((runId) => lifeOf(model, runId) !== undefined)
      say('the runs', [...state.runs.keys()].sort(), known.sort())
    }
    for (const runId of new Set(commit.entries.map((entry) => entry.runId))) {
      say(`run ${runId} as`, stateOf(state.runs.get(runId)), modelOf(lifeOf(model, runId)))
    }
  }
}

function stateOf(run: RunState | undefined): unknown {
  if (run === undefined) return null
  return {
    ...{ seq: run.seq, at: run.at, status: run.status, outcome: run.outcome, parked: run.parked },
    history: [...run.history.entries()].map(({ seq }) => seq),
    ...{
      timers: run.timers,
      waits: run.waits.map(({ index, name }) => ({ index, name })),
      calls: run.calls,
    },
    kept: run.signals.map(({ name, entry }) => ({ name, seq: entry.seq })),
    retries: [...run.retries].map(([index, { attempt, retryAt }]) => [index, attempt, retryAt]),
    ...{ cancel: run.cancelReason, isCancelled: run.isCancelDelivered, owed: run.owed },
  }
}

function modelOf(life: Life | undefined): unknown {
  if (life === undefined) return null
  const { run, unconfirmed } = life
  return {
    ...{ seq: run.seq, at: run.at, status: run.status, outcome: run.outcome, parked: run.parked },
    ...{
      history: run.history,
      timers: run.timers,
      waits: run.waits,
      calls: run.calls,
      kept: run.kept,
    },
    retries: [...run.retries].map(([index, { attempt, retryAt }]) => [index, attempt, retryAt]),
    ...{ cancel: run.cancel, isCancelled: run.isCancelled, owed: unconfirmed },
  }
}

function compare(
  facts: Facts,
  record: JournalRecord,
  begun: bigint,
  full: PartitionState,
  restored: PartitionState,
) {
  const [left, right] = [digest(full), digest(restored)]
  if (left === right) return
  facts.report(
    'J4',
    `${at(record)}: folding from the checkpoint at ${String(begun)} gives another state than folding from the beginning: ${difference(left, right)}`,
  )
}

/** A state as text: equal for equal states, whatever buffers and orders they were made of. */
export function digest(state: PartitionState): string {
  const runs = [...state.runs].map(
    ([runId, run]) => [runId, { ...run, history: run.history.toBytes() }] as const,
  )
  const { epoch, inboxTaken, outboxConfirmed, outbox, checkpoint, lastCheckpoint, isRestoring } =
    state
  return canonical({
    ...{ epoch, inboxTaken, outboxConfirmed, outbox, checkpoint, lastCheckpoint, isRestoring },
    runs: new Map(runs),
  })
}

function difference(left: string, right: string): string {
  let from = 0
  while (left[from] === right[from]) from += 1
  const around = (text: string) => text.slice(Math.max(0, from - 120), from + 120)
  return `…${around(right)}… instead of …${around(left)}…`
}

function foldFrom(model: JournalModel, begun: bigint, end: bigint): PartitionState {
  const state = restoringPartition(model.origin)
  for (const record of model.records) {
    if (record.offset >= begun && record.offset <= end) fold(state, record.offset, record.commit)
  }
  return state
}
