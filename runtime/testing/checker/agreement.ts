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
import { lifeOf, type Checkpoint, type JournalModel, type Life } from './model.ts'
import type { Origin } from './owed.ts'
import { checkRest } from './rest.ts'
import type { Report } from './violation.ts'

/** After how many commits past a checkpoint's end both folds are compared once more. */
const laterCommits = 50n

/** A fold that began at a checkpoint, beside the one that began at the beginning. */
interface Restored extends Checkpoint {
  readonly state: PartitionState
}

export function checkFolds(facts: Facts): void {
  for (const model of everyModel(facts)) {
    const { records, checkpoints, origin } = model
    const full = emptyPartition(origin)
    const byBegin = new Map(checkpoints.map((checkpoint) => [checkpoint.begun, checkpoint]))
    let restored: Restored[] = []
    for (const record of records) {
      const { offset, commit } = record
      fold(full, offset, commit)
      const checkpoint = byBegin.get(offset)
      if (checkpoint !== undefined) {
        restored.push({ ...checkpoint, state: restoringPartition(origin) })
      }
      for (const { begun, ended, state } of restored) {
        fold(state, offset, commit)
        if (offset === ended) checkRest(model, record, state, facts.report)
        const isDue = offset === ended || offset === ended + laterCommits
        if (isDue || record === records.at(-1)) compare(facts, record, begun, full, state)
      }
      restored = restored.filter(({ ended }) => offset < ended + laterCommits)
    }
  }
}

/**
 * Folds a journal with the runtime's fold beside the checker's, and compares them commit by commit.
 * Histories are compared by their lengths, and entry by entry where they may be replayed.
 */
export function agreement(
  origin: Origin,
  report: Report,
): (model: JournalModel, record: JournalRecord) => void {
  const state = emptyPartition(origin)
  const longer = new Set<string>()
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
    const isCheckpoint = commit.checkpoint.some(({ type }) => type === 'CheckpointBegun')
    if (isCheckpoint) {
      const known = [...model.lives.keys()].filter((runId) => lifeOf(model, runId) !== undefined)
      say('the runs', [...state.runs.keys()].sort(), known.sort())
    }
    for (const runId of new Set(commit.entries.map((entry) => entry.runId))) {
      say(`run ${runId} as`, stateOf(state.runs.get(runId)), modelOf(lifeOf(model, runId)))
      longer.add(runId)
    }
    if (commit.fence === null && !isCheckpoint && record !== model.records.at(-1)) return
    for (const runId of longer) {
      const seqs = [...(state.runs.get(runId)?.history.entries() ?? [])].map(({ seq }) => seq)
      say(`the history of run ${runId} as`, seqs, lifeOf(model, runId)?.run.history ?? [])
    }
    longer.clear()
  }
}

function stateOf(run: RunState | undefined): unknown {
  if (run === undefined) return null
  return {
    ...{ seq: run.seq, at: run.at, status: run.status, outcome: run.outcome, parked: run.parked },
    historyCount: run.history.count,
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
    historyCount: run.history.length,
    ...{
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
  const runIds = new Set([...full.runs.keys(), ...restored.runs.keys()])
  const parts = [
    [digestOfRest(full), digestOfRest(restored)] as const,
    ...[...runIds].map(
      (runId) =>
        [digestOfRun(full.runs.get(runId)), digestOfRun(restored.runs.get(runId))] as const,
    ),
  ]
  for (const [left, right] of parts) {
    if (left === right) continue
    facts.report(
      'J4',
      `${at(record)}: folding from the checkpoint at ${String(begun)} gives another state than folding from the beginning: ${difference(left, right)}`,
    )
    return
  }
}

/** All but the runs, as text: equal for equal states, whatever buffers and orders they were made of. */
function digestOfRest(state: PartitionState): string {
  const { epoch, inboxTaken, outboxConfirmed, outbox, checkpoint, lastCheckpoint, isRestoring } =
    state
  return canonical({
    ...{ epoch, inboxTaken, outboxConfirmed, outbox, checkpoint, lastCheckpoint, isRestoring },
  })
}

/** A run changes by its next entry, and when what it owes is confirmed. */
const digests = new WeakMap<
  RunState,
  { readonly seq: number; readonly owed: number; readonly text: string }
>()

function digestOfRun(run: RunState | undefined): string {
  if (run === undefined) return 'no such run'
  const { seq, owed } = run
  const known = digests.get(run)
  if (known?.seq === seq && known.owed === owed) return known.text
  // Whether it is at rest no entry says, only an owner who has seen its code.
  const text = canonical({ ...run, isAtRest: null, history: run.history.toBytes() })
  digests.set(run, { seq, owed, text })
  return text
}

function difference(left: string, right: string): string {
  let from = 0
  while (left[from] === right[from]) from += 1
  const around = (text: string) => text.slice(Math.max(0, from - 120), from + 120)
  return `…${around(right)}… instead of …${around(left)}…`
}
