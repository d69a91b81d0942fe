/**
 * Between the values of `records.ts` and what avsc reads and writes: unions of records are wrapped
 * there, offsets are `bigint` here and `number` there. avsc refuses a number past 2^53, so no offset
 * is ever rounded.
 */

import { type AvroType, ownType, typeAt, type Wrapped, wrapFor } from './avro.ts'
import type {
  CheckpointPart,
  Commit,
  DeadLetter,
  Entry,
  EntryBody,
  Failure,
  Fence,
  Message,
  MessageBody,
  Outcome,
  Result,
} from './records.ts'

/** A record's Avro type and the way to and from its plain value. */
export interface WireForm<T, W> {
  readonly type: AvroType<W>
  readonly toWire: (value: T) => W
  readonly fromWire: (wire: W) => T
}

/** Written as a plain `Outcome`, whose missing field is the schema's default; read with both. */
type WireOutcome =
  | Outcome
  | {
      readonly status: Outcome['status']
      readonly output: Uint8Array | null
      readonly error: Failure | null
    }

type WithWireOutcome<T> = T extends { readonly outcome: Outcome }
  ? Omit<T, 'outcome'> & { readonly outcome: WireOutcome }
  : T
type WithNumbers<T> = T extends object
  ? { readonly [K in keyof T]: T[K] extends bigint ? number : T[K] }
  : T

type WrappedBody<T, B> = Omit<T, 'body'> & { readonly body: Wrapped<WithWireOutcome<B>> }
export type WireEntry = WrappedBody<Entry, EntryBody>
export type WireMessage = WrappedBody<Message, MessageBody>
export type WireResult = WithWireOutcome<Result>
export type WireDeadLetter = WithNumbers<DeadLetter>

export interface WireCommit {
  readonly epoch: number
  readonly inboxTaken: number
  readonly outboxConfirmed: WithNumbers<Commit['outboxConfirmed']>
  readonly fence: Fence | null
  readonly checkpoint: readonly Wrapped<WithNumbers<CheckpointPart>>[]
  readonly entries: readonly WireEntry[]
}

export function commitForm(): WireForm<Commit, WireCommit> {
  const type = ownType('Commit')
  const wrapPart = wrapFor<WithNumbers<CheckpointPart>>(typeAt(type, ['checkpoint']))
  const entry = entryForm()

  return {
    type,
    toWire: (commit) => ({
      epoch: Number(commit.epoch),
      inboxTaken: Number(commit.inboxTaken),
      outboxConfirmed: {
        offset: Number(commit.outboxConfirmed.offset),
        index: commit.outboxConfirmed.index,
      },
      fence: commit.fence,
      checkpoint: commit.checkpoint.map((part) =>
        wrapPart(part.type === 'CheckpointEnded' ? { ...part, begun: Number(part.begun) } : part),
      ),
      entries: commit.entries.map(entry.toWire),
    }),
    fromWire: (wire) => ({
      epoch: BigInt(wire.epoch),
      inboxTaken: BigInt(wire.inboxTaken),
      outboxConfirmed: {
        offset: BigInt(wire.outboxConfirmed.offset),
        index: wire.outboxConfirmed.index,
      },
      fence: wire.fence,
      checkpoint: wire.checkpoint.map((wrapped) => {
        const part = wrapped.unwrap()
        return part.type === 'CheckpointEnded' ? { ...part, begun: BigInt(part.begun) } : part
      }),
      entries: wire.entries.map(entry.fromWire),
    }),
  }
}

/** One entry of a commit, by itself. */
export function entryForm(): WireForm<Entry, WireEntry> {
  const type = typeAt(ownType('Commit'), ['entries'])
  const wrapBody = wrapFor<WithWireOutcome<EntryBody>>(typeAt(type, ['body']))

  return {
    type,
    toWire: (entry) => ({
      runId: entry.runId,
      seq: entry.seq,
      at: entry.at,
      body: wrapBody(entry.body),
    }),
    fromWire: (wire) => ({
      runId: wire.runId,
      seq: wire.seq,
      at: wire.at,
      body: entryBody(wire.body.unwrap()),
    }),
  }
}

export function messageForm(): WireForm<Message, WireMessage> {
  const type = ownType('Message')
  const wrapBody = wrapFor<WithWireOutcome<MessageBody>>(typeAt(type, ['body']))

  return {
    type,
    toWire: (message) => ({ ...message, body: wrapBody(message.body) }),
    fromWire: (wire) => ({
      id: wire.id,
      runId: wire.runId,
      body: messageBody(wire.body.unwrap()),
    }),
  }
}

export function resultForm(): WireForm<Result, WireResult> {
  return {
    type: ownType('Result'),
    toWire: (result) => result,
    fromWire: (wire) => ({ ...wire, outcome: outcome(wire.outcome) }),
  }
}

export function deadLetterForm(): WireForm<DeadLetter, WireDeadLetter> {
  return {
    type: ownType('DeadLetter'),
    toWire: (letter) => ({ ...letter, offset: Number(letter.offset) }),
    fromWire: (wire) => ({ ...wire, offset: BigInt(wire.offset) }),
  }
}

function entryBody(body: WithWireOutcome<EntryBody>): EntryBody {
  return body.type === 'CallCompleted' ? { ...body, outcome: outcome(body.outcome) } : body
}

function messageBody(body: WithWireOutcome<MessageBody>): MessageBody {
  return body.type === 'Reply' ? { ...body, outcome: outcome(body.outcome) } : body
}

function outcome(wire: WireOutcome): Outcome {
  if (wire.status === 'completed') {
    if (wire.output === null) throw new TypeError('a completed outcome has no output')
    return { status: wire.status, output: wire.output }
  }
  if (wire.error === null) throw new TypeError(`a ${wire.status} outcome has no error`)
  return { status: wire.status, error: wire.error }
}
