/** What every part of the kernel in one process shares. */

import type { Clock, Randomness } from '../clock.ts'
import type { Logger } from '../logger.ts'
import type { Log } from '../log/port.ts'
import type { Codec } from '../../schemas/codec.ts'
import type { Sabotage } from './sabotage.ts'
import type { Topology } from './topology.ts'
import type { Writer } from './writer.ts'

export interface KernelSettings {
  /** A start whose run ended within this time is answered, never run again. */
  readonly deduplicationMs: number
  /** A run that has been at rest for this long gives up its function. */
  readonly coldAfterMs: number
  /** A checkpoint is taken when the journal since the last one exceeds this and some times the state. */
  readonly checkpointBytes: number
  /** A commit holds this much unless a single entry is larger; pieces of snapshots are smaller. */
  readonly commitBytes: number
  /** Keep the journal below a checkpoint, for audit. */
  readonly keepsHistory: boolean
  /** Positions that nothing else carries are written after this time. */
  readonly positionDelayMs: number
  /** Taken-in inbox records older than this are trimmed. */
  readonly inboxRetentionMs: number
  readonly sessionTimeoutMs: number
  readonly sabotage?: Sabotage
}

export const defaultSettings: KernelSettings = {
  deduplicationMs: 86_400_000,
  coldAfterMs: 60_000,
  checkpointBytes: 1024 * 1024,
  commitBytes: 768 * 1024,
  keepsHistory: true,
  positionDelayMs: 100,
  inboxRetentionMs: 604_800_000,
  sessionTimeoutMs: 10_000,
}

export interface Kernel {
  readonly log: Log
  readonly codec: Codec
  readonly clock: Clock
  readonly randomness: Randomness
  readonly logger: Logger
  readonly writer: Writer
  readonly topology: Topology
  readonly settings: KernelSettings
  /** Fresh at every start of a process. */
  readonly incarnation: string
}
