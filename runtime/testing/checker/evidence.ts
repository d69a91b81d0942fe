/**
 * What the checker is given: the records of the log, and what the bodies of steps did. Nothing of
 * any process's memory.
 */

import type { LogRecord } from '../../log/port.ts'

/** One execution of a step's body. */
export interface Effect {
  readonly definition: string
  readonly runId: string
  readonly step: string
  readonly idempotencyKey: string
  readonly attempt: number
  /** Incarnation of the process, as it stands in its fences; null when it is not known. */
  readonly incarnation: string | null
  /** When the body began, by the clock of the log. */
  readonly begunAt: number
  /** When it began, by the clock of its process. */
  readonly begunAtOwn: number
  /** When it ended, by the clock of the log; null when it never did. */
  readonly endedAt: number | null
  /** What it returned, as JSON text; null when it threw or never ended. */
  readonly output: string | null
  /** Outcomes of earlier steps that the code had seen when the body began. */
  readonly saw: readonly Claim[]
}

/** "I have seen this step return this." */
export interface Claim {
  readonly idempotencyKey: string
  /** JSON text. */
  readonly output: string
}

export interface Evidence {
  readonly definitions: readonly string[]
  /** Every record of every topic; journals from offset 0, also what has been trimmed since. */
  readonly records: readonly LogRecord[]
  /** Null when nobody watched the bodies: what needs them is not checked. */
  readonly effects: readonly Effect[] | null
  /** First offset still there, by `topic/partition`. */
  readonly lows?: ReadonlyMap<string, bigint>
  /** Set when the system was left alone until nothing moved: the time of that, by the log's clock. */
  readonly quietAt?: number
  /** A checkpoint is due when the journal has grown by this much; checked once it is quiet. */
  readonly checkpointBytes?: number
  /** Codes of parked runs that show a fault of the runtime, where the code is known to be sound. */
  readonly faultyCodes?: readonly string[]
  /** How far the clocks of processes may be from the log's; default 0. */
  readonly skewMs?: number
  /** True when a record's time tells it from the one that answers it; else equal times are let pass. */
  readonly hasExactTimes?: boolean
  /** What the payload of an entry says that its run has seen. */
  readonly claimsOf?: (payload: unknown) => readonly Claim[]
  /** Outcomes that clients were handed: `definition/run id` and the outcome as JSON text. */
  readonly answers?: readonly Answer[]
}

/** What a client was told of a run. */
export interface Answer {
  readonly definition: string
  readonly runId: string
  readonly status: 'completed' | 'failed' | 'cancelled' | 'unknown'
  /** JSON text of the output; null when the run did not complete. */
  readonly output: string | null
}
