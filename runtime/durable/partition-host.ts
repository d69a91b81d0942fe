/** What an owned partition needs of the definition's host in this process. */

import type { Logger } from '../logger.ts'
import type { AnyWorkflow } from './definition.ts'

export interface PartitionHost {
  readonly logger: Logger
  /** The definition that serves a version, or undefined. */
  definitionOf(version: string): AnyWorkflow | undefined
  /** The version that new runs start with. */
  readonly current: AnyWorkflow
  isAssigned(partition: number): boolean
  /** True when no further run may become busy. */
  isFull(): boolean
  /** Counts a run as busy, or no longer. */
  busyChanged(isBusy: boolean): void
  committed(partition: number): Promise<{ readonly offset: bigint; readonly metadata: string }>
  commit(partition: number, offset: bigint, metadata: string): void
  seek(partition: number, offset: bigint): void
  pause(partition: number): void
  resume(partition: number): void
}
