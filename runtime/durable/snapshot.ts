/** A run's state to the bytes of its snapshot and back; what it still owes goes with it. */

import { entryBytes, readEntry } from '../../schemas/entry-bytes.ts'
import { decodeRunState, encodeRunState } from '../../schemas/run-state-bytes.ts'
import { History } from './history.ts'
import type { Owed } from './outbox.ts'
import { nothing, type KeptSignal, type RunState } from './run-state.ts'
import { mapOf } from './sparse-map.ts'

/** @param owed the unconfirmed outbox items of this run, in order */
export function writeSnapshot(run: RunState, owed: readonly Owed[]): Buffer {
  return encodeRunState({
    ...run,
    historyCount: run.history.count,
    history: run.history.toBytes(),
    timers: [...run.timers].map(([index, dueAt]) => ({ index, dueAt })),
    signals: run.signals.map((signal) => ({ name: signal.name, entry: entryBytes(signal.entry) })),
    calls: [...run.calls].map(([index, call]) => ({ index, ...call })),
    retries: [...run.retries].map(([index, retry]) => ({ index, ...retry })),
    owed,
  })
}

export function readSnapshot(bytes: Uint8Array): { run: RunState; owed: readonly Owed[] } {
  const state = decodeRunState(bytes)
  const { runId, signals } = state
  // Field by field, as `startedRun`: objects that are made alike are smaller, and faster.
  const run: RunState = {
    runId,
    version: state.version,
    parent: state.parent,
    root: state.root,
    traceparent: state.traceparent,
    startedAt: state.startedAt,
    status: state.status,
    seq: state.seq,
    at: state.at,
    isAtRest: state.isAtRest,
    history: History.fromBytes(state.history, state.historyCount),
    timers: mapOf(state.timers, ({ dueAt }) => dueAt),
    waits: state.waits,
    signals: signals.length === 0 ? nothing : signals.map(keptSignal),
    calls: mapOf(state.calls, ({ name, runId: called, key }) => ({ name, runId: called, key })),
    retries: mapOf(state.retries, ({ index: _, ...retry }) => retry),
    cancelReason: state.cancelReason,
    isCancelDelivered: state.isCancelDelivered,
    parked: state.parked,
    seen: state.seen,
    outcome: state.outcome,
    owed: state.owed.length,
  }
  return { run, owed: state.owed.map((item) => ({ ...item, runId })) }
}

function keptSignal({
  name,
  entry,
}: {
  readonly name: string
  readonly entry: Buffer
}): KeptSignal {
  return { name, entry: readEntry(entry, 0).entry }
}
