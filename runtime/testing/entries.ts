/** Entries and commits in short, for tests that give journals as literal arrays. */

import type { Commit, Entry, EntryBody, Failure, Payload } from '../../schemas/records.ts'

/** The time of the first entry; one of seq n is n seconds later. */
export const firstAt = 1_000_000

export function json(value: unknown): Payload {
  return value === undefined ? Buffer.alloc(0) : Buffer.from(JSON.stringify(value))
}

export const failure: Failure = { name: 'Error', code: 'BROKEN', message: 'broken', details: null }

/** The entries of one run, numbered from a seq. */
export function entries(runId: string, bodies: readonly EntryBody[], from = 1): readonly Entry[] {
  return bodies.map((body, index) => entry(runId, from + index, body))
}

export function entry(runId: string, seq: number, body: EntryBody): Entry {
  return { runId, seq, at: firstAt + 1_000 * seq, body }
}

export function started(input?: unknown, more: { readonly version?: string } = {}): EntryBody {
  return {
    type: 'RunStarted',
    messageId: 'start',
    version: more.version ?? '1',
    input: json(input),
    parent: null,
    root: 'root',
    traceparent: null,
  }
}

/** The start of a run that another run of 'review', on partition 3, has called. */
export function called(input?: unknown): EntryBody {
  const parent = { definition: 'review', partition: 3, runId: 'caller', index: 7 }
  return {
    ...{ type: 'RunStarted', messageId: 'start', version: '1', input: json(input) },
    ...{ parent, root: 'caller', traceparent: null },
  }
}

export function completedStep(index: number, name: string, output?: unknown): EntryBody {
  return { type: 'StepCompleted', index, name, attempt: 1, output: json(output) }
}

/** @param retryAt null for a failure that is the step's outcome */
export function failedStep(
  index: number,
  name: string,
  attempt: number,
  retryAt: number | null,
): EntryBody {
  return { type: 'StepFailed', index, name, attempt, error: failure, retryAt }
}

export function call(index: number, runId: string, detached = false): EntryBody {
  return {
    ...{ type: 'CallRequested', index, name: 'scan', runId, input: json(null) },
    ...{ detached, key: null },
  }
}

export function reply(index: number, output?: unknown): EntryBody {
  return { type: 'CallCompleted', index, outcome: { status: 'completed', output: json(output) } }
}

export function received(messageId: string, name: string, payload?: unknown): EntryBody {
  return { type: 'SignalReceived', messageId, name, payload: json(payload) }
}

export function wait(index: number, name: string, dueAt: number | null = null): EntryBody {
  return { type: 'WaitStarted', index, name, dueAt }
}

export function cancelled(messageId: string): EntryBody {
  return { type: 'CancelRequested', messageId, reason: 'no longer wanted' }
}

export function completed(output?: unknown): EntryBody {
  return { type: 'RunCompleted', output: json(output) }
}

/** A commit under the fence at an offset. */
export function commit(epoch: bigint, of: Partial<Omit<Commit, 'epoch' | 'fence'>> = {}): Commit {
  return {
    epoch,
    inboxTaken: -1n,
    outboxConfirmed: { offset: -1n, index: -1 },
    fence: null,
    checkpoint: [],
    entries: [],
    ...of,
  }
}

export function fence(incarnation: string): Commit {
  return { ...commit(-1n), fence: { incarnation, nonce: `${incarnation}'s`, at: firstAt } }
}
