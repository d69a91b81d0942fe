/**
 * The state of a run as the bytes of a snapshot: a version byte, then Avro. The version counts the
 * changes of `run-state.avsc` and of the entries inside it; a reader refuses one it does not know.
 */

import { AvroCursor } from './avro-cursor.ts'
import { ownType } from './avro.ts'
import type { Failure, Message, Outcome, Parent, Payload } from './records.ts'
import { readRunState } from './run-state-reader.ts'

const version = 2

interface AvroType {
  toBuffer(state: WireState): Buffer
  fromBuffer(bytes: Buffer): WireState
}

export type Placement = { readonly key: string } | { readonly partition: number }

/** What an entry owes to another topic. */
export type OutboxItem =
  | {
      readonly kind: 'message'
      /** The receiving definition. */
      readonly definition: string
      readonly placement: Placement
      readonly message: Message
    }
  | {
      readonly kind: 'result'
      readonly runId: string
      readonly endedAt: number
      readonly outcome: Outcome
    }
  | {
      readonly kind: 'published'
      readonly id: string
      readonly topic: string
      readonly key: string
      readonly payload: Payload
    }

export interface OwedRecord {
  readonly offset: bigint
  readonly index: number
  readonly items: readonly OutboxItem[]
}

export interface RunStateRecord {
  readonly runId: string
  readonly version: string
  readonly parent: Parent | null
  readonly root: string
  readonly traceparent: string | null
  readonly startedAt: number
  readonly status: 'live' | 'parked' | 'ended'
  readonly seq: number
  readonly at: number
  readonly isAtRest: boolean
  readonly historyCount: number
  /** Entries in bare Avro, one after another. */
  readonly history: Buffer
  readonly timers: readonly { readonly index: number; readonly dueAt: number }[]
  readonly waits: readonly { readonly index: number; readonly name: string }[]
  /** Each with its entry in bare Avro. */
  readonly signals: readonly { readonly name: string; readonly entry: Buffer }[]
  readonly calls: readonly {
    readonly index: number
    readonly name: string
    readonly runId: string
    readonly key: string | null
  }[]
  readonly retries: readonly {
    readonly index: number
    readonly name: string
    readonly attempt: number
    readonly retryAt: number
    readonly error: Failure
  }[]
  readonly cancelReason: string | null
  readonly isCancelDelivered: boolean
  readonly parked: Failure | null
  readonly seen: readonly string[]
  readonly outcome: Outcome | null
  readonly owed: readonly OwedRecord[]
}

export function encodeRunState(state: RunStateRecord): Buffer {
  const wire = {
    ...state,
    outcome: state.outcome === null ? null : wireOutcome(state.outcome),
    owed: state.owed.map(({ offset, index, items }) => ({
      offset: Number(offset),
      index,
      items: items.map(wireItem),
    })),
  }
  return Buffer.concat([Buffer.of(version), runStateType().toBuffer(wire)])
}

/**
 * The history shares memory with the bytes.
 * @throws Error when the bytes are of another version, or cannot be read
 */
export function decodeRunState(snapshot: Uint8Array): RunStateRecord {
  const bytes = bufferOf(snapshot)
  if (bytes[0] !== version) {
    throw new Error(
      `a snapshot has version ${String(bytes[0])}, this program reads version ${String(version)}: serve it with the program that wrote it`,
    )
  }
  return readRunState(new AvroCursor(bytes, 1)) ?? decodePlainly(bytes)
}

function bufferOf(bytes: Uint8Array): Buffer {
  if (Buffer.isBuffer(bytes)) return bytes
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/** By avsc alone, which reads all there may be. */
export function decodePlainly(bytes: Buffer): RunStateRecord {
  const wire: WireState = runStateType().fromBuffer(bytes.subarray(1))
  return {
    ...wire,
    outcome: wire.outcome === null ? null : plainOutcome(wire.outcome),
    owed: wire.owed.map(({ offset, index, items }) => ({
      offset: BigInt(offset),
      index,
      items: items.map((item) => plainItem(item, wire.runId)),
    })),
  }
}

function runStateType(): AvroType {
  return ownType('RunState')
}

interface WireOutcome {
  readonly status: Outcome['status']
  readonly output: Payload | null
  readonly error: Failure | null
}

type WireBody =
  | { 'stoa.OwedStart': { input: Payload; parent: Parent | null; root: string } }
  | { 'stoa.OwedReply': { index: number; outcome: WireOutcome } }
  | { 'stoa.OwedCancel': { reason: string } }

interface WireMessage {
  readonly definition: string
  readonly key: string | null
  readonly partition: number | null
  readonly id: string
  readonly runId: string
  readonly body: WireBody
}

type WireItem =
  | { 'stoa.OwedMessage': WireMessage }
  | { 'stoa.OwedResult': { endedAt: number; outcome: WireOutcome } }
  | { 'stoa.OwedPublication': { id: string; topic: string; key: string; payload: Payload } }

type WireState = Omit<RunStateRecord, 'outcome' | 'owed'> & {
  readonly outcome: WireOutcome | null
  readonly owed: readonly { offset: number; index: number; items: readonly WireItem[] }[]
}

function wireOutcome(outcome: Outcome): WireOutcome {
  return outcome.status === 'completed'
    ? { status: outcome.status, output: Buffer.from(outcome.output), error: null }
    : { status: outcome.status, output: null, error: outcome.error }
}

function plainOutcome(wire: WireOutcome): Outcome {
  if (wire.status === 'completed') {
    return { status: wire.status, output: wire.output ?? Buffer.alloc(0) }
  }
  if (wire.error === null) throw new Error(`a snapshot holds a ${wire.status} run without an error`)
  return { status: wire.status, error: wire.error }
}

function wireItem(item: OutboxItem): WireItem {
  switch (item.kind) {
    case 'result':
      return { 'stoa.OwedResult': { endedAt: item.endedAt, outcome: wireOutcome(item.outcome) } }
    case 'published': {
      const { id, topic, key, payload } = item
      return { 'stoa.OwedPublication': { id, topic, key, payload: Buffer.from(payload) } }
    }
    case 'message':
      return {
        'stoa.OwedMessage': {
          definition: item.definition,
          key: 'key' in item.placement ? item.placement.key : null,
          partition: 'partition' in item.placement ? item.placement.partition : null,
          id: item.message.id,
          runId: item.message.runId,
          body: wireBody(item.message),
        },
      }
  }
}

function wireBody({ body }: Message): WireBody {
  switch (body.type) {
    case 'Start':
      return {
        'stoa.OwedStart': { input: Buffer.from(body.input), parent: body.parent, root: body.root },
      }
    case 'Reply':
      return { 'stoa.OwedReply': { index: body.index, outcome: wireOutcome(body.outcome) } }
    case 'Cancel':
      return { 'stoa.OwedCancel': { reason: body.reason } }
    default:
      throw new Error(`no run owes a ${body.type}`)
  }
}

function plainItem(item: WireItem, runId: string): OutboxItem {
  if ('stoa.OwedResult' in item) {
    const { endedAt, outcome } = item['stoa.OwedResult']
    return { kind: 'result', runId, endedAt, outcome: plainOutcome(outcome) }
  }
  if ('stoa.OwedPublication' in item) {
    const { id, topic, key, payload } = item['stoa.OwedPublication']
    return { kind: 'published', id, topic, key, payload }
  }
  const wire = item['stoa.OwedMessage']
  return {
    kind: 'message',
    definition: wire.definition,
    placement: wire.partition === null ? { key: wire.key ?? '' } : { partition: wire.partition },
    message: { id: wire.id, runId: wire.runId, body: plainBody(wire.body) },
  }
}

function plainBody(body: WireBody): Message['body'] {
  // Field by field: a decoded record says its own name as `type`.
  if ('stoa.OwedStart' in body) {
    const { input, parent, root } = body['stoa.OwedStart']
    return { type: 'Start', version: null, input, parent, root }
  }
  if ('stoa.OwedCancel' in body) return { type: 'Cancel', reason: body['stoa.OwedCancel'].reason }
  const { index, outcome } = body['stoa.OwedReply']
  return { type: 'Reply', index, outcome: plainOutcome(outcome) }
}
