/**
 * Every error of the runtime: one class for each decision a caller makes, one code for each cause.
 * `docs/errors.md` has a section for each code; a test compares the two.
 */

/** All codes, with the sentence of the documentation that says what happened. */
export const errorCodes = {
  BACKEND_FAILED: 'Kafka or the schema registry could not be started here',
  BACKEND_IMPOSSIBLE: 'this machine offers no way to start a Kafka',
  CANCELLED: 'the run was cancelled',
  CODEC_UNKNOWN_SCHEMA: 'the registry does not know the schema of a record',
  CONFIGURATION_INVALID: 'what was configured cannot be used',
  DURATION_INVALID: 'a duration cannot be read',
  ENTRY_TOO_LARGE: 'a value is too large for an entry of the journal',
  FENCED: 'a newer owner has taken the partition',
  FOREIGN_AWAIT: 'a workflow awaits a promise that is not of its context',
  INBOX_RECREATED: 'an inbox ends before what was taken from it',
  INPUT_INVALID: 'the input does not match the schema of the definition',
  JOURNAL_HOLE: 'an offset that must be in the journal is missing',
  LOG_UNAVAILABLE: 'the log did not answer, so the outcome is not known',
  MESSAGE_UNREADABLE: 'a record of ours cannot be decoded',
  NONDETERMINISM: 'the code and the journal of a run differ',
  OUTPUT_INVALID: 'a value does not match the schema of its definition',
  RECORD_FOREIGN: 'a record was written by something else than Stoa',
  RECORD_TOO_LARGE: 'a record is larger than the topic takes',
  REGISTRY_REFUSED: 'the schema registry refused what it was asked',
  REGISTRY_UNAVAILABLE: 'the schema registry did not answer',
  RETRYABLE: 'a step asked to be tried again',
  RUN_NOT_FOUND: 'no run has this id',
  RUN_THREW: 'the code of a workflow threw an error that is not terminal',
  SIGNAL_INVALID: 'the payload of a signal does not match its schema',
  STEP_EXHAUSTED: 'a step failed in every attempt',
  STEP_FAILED: 'the body of a step threw an error without a code',
  TERMINAL: 'the code ended the run for good',
  TIMED_OUT: 'something took longer than its limit',
  TOPIC_MISMATCH: 'the topics of a definition differ in their partition counts',
  TOPIC_UNKNOWN: 'a topic does not exist',
  VERSION_UNKNOWN: 'nobody serves the version of the definition that a run is pinned to',
} as const

export type ErrorCode = keyof typeof errorCodes

export interface ErrorOptions {
  /** One of `errorCodes`, or a code of the user's own in UPPER_SNAKE_CASE. */
  readonly code?: string
  readonly cause?: unknown
  /** Kept with the failure; must be JSON. */
  readonly details?: unknown
}

/** What a person is told of anything that was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown)
}

/** What every error of the runtime has in common: a code, and details that travel with it. */
export class StoaError extends Error {
  readonly code: string
  readonly details: unknown

  constructor(message: string, options: ErrorOptions & { readonly code: string }) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = new.target.name
    this.code = options.code
    this.details = options.details
  }
}

/** Ends a step or a run for good; it is never retried. */
export class TerminalError extends StoaError {
  constructor(message: string, options: ErrorOptions = {}) {
    super(message, { ...options, code: options.code ?? 'TERMINAL' })
  }
}

/** Asks for another attempt of the step, after the given delay when there is one. */
export class RetryableError extends StoaError {
  /** A duration such as '30 seconds', or milliseconds. */
  readonly after: string | number | undefined

  constructor(message: string, options: ErrorOptions & { readonly after?: string | number } = {}) {
    super(message, { ...options, code: options.code ?? 'RETRYABLE' })
    this.after = options.after
  }
}

/** The run, or the called run, was cancelled. */
export class CancelledError extends StoaError {
  constructor(message: string, options: ErrorOptions = {}) {
    super(message, { ...options, code: options.code ?? 'CANCELLED' })
  }
}

/** A limit of time has passed. */
export class TimeoutError extends StoaError {
  constructor(message: string, options: ErrorOptions = {}) {
    super(message, { ...options, code: options.code ?? 'TIMED_OUT' })
  }
}

/** Code and journal differ; the run is parked with the difference. */
export class NondeterminismError extends StoaError {
  constructor(message: string, options: ErrorOptions = {}) {
    super(message, { ...options, code: 'NONDETERMINISM' })
  }
}

/** A newer owner has the partition; nothing more may be done for it here. */
export class FencedError extends StoaError {
  constructor(message: string, options: ErrorOptions = {}) {
    super(message, { ...options, code: 'FENCED' })
  }
}

/** The log cannot be used: its `code` says why. */
export class LogError extends StoaError {}

/** What was asked for or configured is wrong; its `code` says what. */
export class UsageError extends StoaError {}
