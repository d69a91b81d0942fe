/** What an execution needs of the owner of its partition. */

import type { Clock, Randomness } from '../clock.ts'
import type { Logger } from '../logger.ts'
import type { EntryBody } from '../../schemas/records.ts'
import type { Sabotage } from './sabotage.ts'

export interface ExecutionHost {
  readonly clock: Clock
  readonly randomness: Randomness
  readonly logger: Logger
  readonly sabotage: Sabotage | undefined
  /** A cancellation is queued that the code has not been told of. */
  readonly isCancelQueued: boolean
  /** The outcome of a call is queued that the code has not been told of. */
  readonly isReplyQueued: boolean
  /** Queues the run's next entry. */
  emit(body: EntryBody): void
  /** Begins a body now, or once the partition may act again. */
  admit(begin: () => void): void
  /** Calls back at a time, as long as the partition is owned. */
  readonly at: (time: number, callback: () => void) => void
  /** The run has become busy, or idle: suspended or finished. */
  setBusy(isBusy: boolean): void
}
