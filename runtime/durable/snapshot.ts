/** A run's state to the bytes of its snapshot and back; what it still owes goes with it. */

import { entryBytes, readEntry } from '../../schemas/entry-bytes.ts'
import { decodeRunState, encodeRunState } from '../../schemas/run-state-bytes.ts'
import { History } from './history.ts'
import type { Owed } from './outbox.ts'
import type { RunState } from './run-state.ts'

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
  const { owed, history, historyCount, ...record } = decodeRunState(bytes)
  const run: RunState = {
    ...record,
    history: History.fromBytes(history, historyCount),
    timers: new Map(record.timers.map(({ index, dueAt }) => [index, dueAt])),
    signals: record.signals.map(({ name, entry }) => ({ name, entry: readEntry(entry, 0).entry })),
    calls: new Map(record.calls.map(({ index, ...call }) => [index, call])),
    retries: new Map(record.retries.map(({ index, ...retry }) => [index, retry])),
    seen: [...record.seen],
    owed: owed.length,
  }
  return { run, owed: owed.map((item) => ({ ...item, runId: run.runId })) }
}
