/**
 * A run's journal as JSON: payloads as the values they are, everything else as it is recorded. Golden
 * journals are kept in this form.
 */

import { decodePayload, faultOf } from '../durable/payload.ts'
import type { Entry, EntryBody, Outcome } from '../../schemas/records.ts'
import { RecordedHistorySchema } from './history-schema.ts'

/** JSON all through. */
export interface RecordedHistory {
  readonly definition: string
  readonly runId: string
  readonly entries: readonly RecordedEntry[]
}

export interface RecordedEntry {
  readonly seq: number
  readonly at: number
  /** An `EntryBody` whose payloads are JSON values. */
  readonly body: Readonly<Record<string, unknown>>
}

export function recordHistory(definition: string, entries: readonly Entry[]): RecordedHistory {
  return {
    definition,
    runId: entries[0]?.runId ?? '',
    entries: entries.map(({ seq, at, body }) => ({ seq, at, body: recordedBody(body) })),
  }
}

/** Back to entries. @throws Error naming what is wrong when it is no such history */
export function readHistory(history: unknown): {
  readonly definition: string
  readonly runId: string
  readonly entries: readonly Entry[]
} {
  const { data, error } = RecordedHistorySchema.safeParse(history)
  if (error !== undefined) {
    throw new Error(`this is no recorded history: ${faultOf(error)}`, { cause: error })
  }
  const { definition, runId, entries } = data
  return { definition, runId, entries: entries.map((entry) => ({ runId, ...entry })) }
}

function recordedBody(body: EntryBody): Readonly<Record<string, unknown>> {
  const recorded: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(body)) {
    if (value instanceof Uint8Array) {
      const payload = decodePayload(value)
      if (payload !== undefined) recorded[name] = payload
    } else if (name === 'outcome' && body.type === 'CallCompleted') {
      recorded[name] = recordedOutcome(body.outcome)
    } else recorded[name] = value
  }
  return recorded
}

function recordedOutcome(outcome: Outcome): unknown {
  return outcome.status === 'completed'
    ? { status: outcome.status, output: decodePayload(outcome.output) }
    : { status: outcome.status, error: outcome.error }
}
