/**
 * The records of the log as plain values. The Avro schemas beside this file are their wire form;
 * the codec is the only place that knows both.
 *
 * Payloads are JSON bytes; offsets are `bigint`, -1n for none; times are epoch milliseconds.
 */

/** Bytes of a JSON document. */
export type Payload = Uint8Array

export interface Failure {
  readonly name: string
  readonly code: string
  readonly message: string
  /** JSON text, or null. */
  readonly details: string | null
}

export type Outcome =
  | { readonly status: 'completed'; readonly output: Payload }
  | { readonly status: 'failed'; readonly error: Failure }
  | { readonly status: 'cancelled'; readonly error: Failure }

/** Where the outcome of a called run goes: the operation of the run that made the call. */
export interface Parent {
  readonly definition: string
  readonly partition: number
  readonly runId: string
  readonly index: number
}

export interface OutboxPosition {
  readonly offset: bigint
  readonly index: number
}

export interface Fence {
  readonly incarnation: string
  readonly nonce: string
  readonly at: number
}

export type EntryBody =
  | {
      readonly type: 'RunStarted'
      readonly messageId: string
      readonly version: string
      readonly input: Payload
      readonly parent: Parent | null
      readonly root: string
      readonly traceparent: string | null
    }
  | { readonly type: 'RunContinued'; readonly index: number; readonly input: Payload }
  | {
      readonly type: 'StepCompleted'
      readonly index: number
      readonly name: string
      readonly attempt: number
      readonly output: Payload
    }
  | {
      readonly type: 'StepFailed'
      readonly index: number
      readonly name: string
      readonly attempt: number
      readonly error: Failure
      /** When the next attempt is due; null when the failure is the step's outcome. */
      readonly retryAt: number | null
    }
  | {
      readonly type: 'TimerSet'
      readonly index: number
      readonly name: string
      readonly dueAt: number
    }
  | { readonly type: 'TimerFired'; readonly index: number }
  | {
      readonly type: 'WaitStarted'
      readonly index: number
      readonly name: string
      readonly dueAt: number | null
    }
  | {
      readonly type: 'SignalReceived'
      readonly messageId: string
      readonly name: string
      readonly payload: Payload
    }
  | {
      readonly type: 'CallRequested'
      readonly index: number
      readonly name: string
      readonly runId: string
      readonly input: Payload
      readonly detached: boolean
      readonly key: string | null
    }
  | { readonly type: 'CallCompleted'; readonly index: number; readonly outcome: Outcome }
  | {
      readonly type: 'CallCancelled'
      readonly index: number
      readonly name: string
      readonly call: number
    }
  | { readonly type: 'CancelRequested'; readonly messageId: string; readonly reason: string }
  | {
      readonly type: 'Published'
      readonly index: number
      readonly name: string
      readonly key: string
      readonly payload: Payload
    }
  | { readonly type: 'RunCompleted'; readonly output: Payload }
  | { readonly type: 'RunFailed'; readonly error: Failure }
  | { readonly type: 'RunCancelled'; readonly error: Failure }
  | { readonly type: 'RunParked'; readonly error: Failure }
  | { readonly type: 'RunResumed'; readonly messageId: string }

export interface Entry {
  readonly runId: string
  /** 1 for `RunStarted`, then one more for each entry of the run. */
  readonly seq: number
  readonly at: number
  readonly body: EntryBody
}

export type CheckpointPart =
  | { readonly type: 'CheckpointBegun'; readonly forgetBefore: number }
  | {
      readonly type: 'RunSnapshot'
      readonly runId: string
      readonly part: number
      readonly parts: number
      /** A piece of a run's state in Avro. */
      readonly state: Uint8Array
    }
  | { readonly type: 'CheckpointEnded'; readonly begun: bigint }

/** What one journal partition gains in one produce request. */
export interface Commit {
  /** Offset of the fence it was written under; -1n in a fence, whose epoch is its own offset. */
  readonly epoch: bigint
  readonly inboxTaken: bigint
  readonly outboxConfirmed: OutboxPosition
  readonly fence: Fence | null
  readonly checkpoint: readonly CheckpointPart[]
  readonly entries: readonly Entry[]
}

export type MessageBody =
  | {
      readonly type: 'Start'
      readonly version: string | null
      readonly input: Payload
      readonly parent: Parent | null
      readonly root: string
    }
  | { readonly type: 'Signal'; readonly name: string; readonly payload: Payload }
  | { readonly type: 'Reply'; readonly index: number; readonly outcome: Outcome }
  | { readonly type: 'Cancel'; readonly reason: string }
  | { readonly type: 'Attach' }
  | { readonly type: 'Resume' }

/** A record of a definition's inbox. */
export interface Message {
  /** The same each time the message is sent again. */
  readonly id: string
  readonly runId: string
  readonly body: MessageBody
}

export interface Result {
  readonly runId: string
  readonly endedAt: number
  readonly outcome: Outcome
}

export interface DeadLetter {
  readonly topic: string
  readonly partition: number
  readonly offset: bigint
  readonly at: number
  readonly code: string
  readonly cause: string
  readonly key: Uint8Array | null
  readonly value: Uint8Array | null
}
