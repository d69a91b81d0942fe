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
  /** Queues the run's next entry, which is delivered at once. */
  emit(body: EntryBody): void
  /** Begins a body once everything up to an entry is decided and the partition may act. */
  admit(seq: number, begin: () => void): void
  /** Calls back as soon as the code is not too far ahead of the journal. */
  keepUp(handed: number, goOn: () => void): void
  /** Calls back at a time, as long as the partition is owned. */
  readonly at: (time: number, callback: () => void) => void
  /** The run has become busy, or idle: suspended or finished. */
  setBusy(isBusy: boolean): void
}
