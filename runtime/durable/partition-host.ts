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
  /**
   * Commits, and resolves once the group has taken it: then it still assigned the partition to us.
   * @throws FencedError when it did not
   */
  confirm(partition: number, offset: bigint, metadata: string): Promise<void>
  seek(partition: number, offset: bigint): void
  pause(partition: number): void
  resume(partition: number): void
}
