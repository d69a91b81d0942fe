/**
 * The bytes of a snapshot read without avsc, but for those of a run that owes something: a partition
 * that is taken over may have very many, before its runs go on. The fields are read in the order of
 * `run-state.avsc`; a test holds both against avsc.
 */

import type { AvroCursor } from './avro-cursor.ts'
import { readParent } from './entry-reader.ts'
import type { Failure, Outcome } from './records.ts'
import type { RunStateRecord } from './run-state-bytes.ts'

const runStatuses = ['live', 'parked', 'ended'] as const
const outcomeStatuses = ['completed', 'failed', 'cancelled'] as const

/**
 * The state that a cursor stands at, whose history shares memory with the bytes; undefined of a run
 * that owes something.
 * @throws RangeError
 */
export function readRunState(cursor: AvroCursor): RunStateRecord | undefined {
  const runId = cursor.string()
  const version = cursor.string()
  const parent = cursor.isPresent() ? readParent(cursor) : null
  const root = cursor.string()
  const state = {
    runId,
    version,
    parent,
    root: root === runId ? runId : root,
    traceparent: cursor.isPresent() ? cursor.string() : null,
    startedAt: cursor.long(),
    status: symbol(cursor, runStatuses),
    seq: cursor.long(),
    at: cursor.long(),
    isAtRest: cursor.boolean(),
    historyCount: cursor.long(),
    history: cursor.view(),
    timers: list(cursor, readTimer),
    waits: list(cursor, readWait),
    signals: list(cursor, readSignal),
    calls: list(cursor, readCall),
    retries: list(cursor, readRetry),
    cancelReason: cursor.isPresent() ? cursor.string() : null,
    isCancelDelivered: cursor.boolean(),
    parked: cursor.isPresent() ? readFailure(cursor) : null,
    seen: list(cursor, readString),
    outcome: cursor.isPresent() ? readOutcome(cursor) : null,
    owed: [],
  }
  if (cursor.items() > 0) return undefined
  if (!cursor.isAtEnd) throw new RangeError('bytes follow the state of a run')
  return state
}

function readTimer(cursor: AvroCursor) {
  return { index: cursor.long(), dueAt: cursor.long() }
}

function readWait(cursor: AvroCursor) {
  return { index: cursor.long(), name: cursor.string() }
}

function readSignal(cursor: AvroCursor) {
  return { name: cursor.string(), entry: cursor.bytes() }
}

function readCall(cursor: AvroCursor) {
  const index = cursor.long()
  const name = cursor.string()
  const runId = cursor.string()
  return { index, name, runId, key: cursor.isPresent() ? cursor.string() : null }
}

function readRetry(cursor: AvroCursor) {
  const index = cursor.long()
  const name = cursor.string()
  const attempt = cursor.long()
  const retryAt = cursor.long()
  return { index, name, attempt, retryAt, error: readFailure(cursor) }
}

function readString(cursor: AvroCursor): string {
  return cursor.string()
}

function readFailure(cursor: AvroCursor): Failure {
  const name = cursor.string()
  const code = cursor.string()
  const message = cursor.string()
  return { name, code, message, details: cursor.isPresent() ? cursor.string() : null }
}

function readOutcome(cursor: AvroCursor): Outcome {
  const status = symbol(cursor, outcomeStatuses)
  const output = cursor.isPresent() ? cursor.bytes() : null
  const error = cursor.isPresent() ? readFailure(cursor) : null
  if (status === 'completed') return { status, output: output ?? Buffer.alloc(0) }
  if (error === null) throw new RangeError(`a snapshot holds a ${status} run without an error`)
  return { status, error }
}

function symbol<S>(cursor: AvroCursor, symbols: readonly S[]): S {
  const index = cursor.long()
  const found = symbols[index]
  if (found === undefined) throw new RangeError(`an enum has no ${String(index)}`)
  return found
}

const nothing: readonly never[] = []

function list<T>(cursor: AvroCursor, read: (cursor: AvroCursor) => T): readonly T[] {
  let left = cursor.items()
  if (left === 0) return nothing
  const items: T[] = []
  for (; left > 0; left = cursor.items()) {
    for (; left > 0; left -= 1) items.push(read(cursor))
  }
  return items
}
