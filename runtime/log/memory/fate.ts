/** What becomes of one append request: when it lands, when and how it is answered, what comes late. */

import type { Append } from '../port.ts'

export interface AppendFate {
  /** When the request reaches the log, after it was sent; null for never. */
  readonly appendAfterMs: number | null
  /** When the answer reaches the connection, after it was sent. */
  readonly settleAfterMs: number
  /** An `ack` must not come before the append; `fail` is ambiguous whatever became of it. */
  readonly settle: 'ack' | 'fail' | 'never'
  /** Late repetitions of the same request, each so long after it was sent. */
  readonly copies?: readonly number[]
  /** Indices of the appends of the batch that land; all of them by default. Not with an `ack`. */
  readonly landing?: readonly number[]
}

/** Decides the fate of a request when it is sent; undefined leaves it as it would be. */
export type Interfere = (batch: readonly Append[]) => AppendFate | undefined

/** @throws RangeError for an acknowledgement of what has not been written */
export function assertPossible(fate: AppendFate): void {
  const isWritten = fate.appendAfterMs !== null && fate.appendAfterMs <= fate.settleAfterMs
  if (fate.settle === 'ack' && (!isWritten || fate.landing !== undefined)) {
    throw new RangeError('a log never acknowledges what it has not written')
  }
}
