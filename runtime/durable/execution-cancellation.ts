/**
 * A cancellation as the execution of its run sees it.
 *
 * 1. It takes effect by the rule that the fold follows as well, over the same entries. It ends what is
 *    open then; where nothing is, it ends what the code asks for next.
 * 2. While the entry that lets it take effect may be on its way, nothing that the code asks for is
 *    begun: it would come behind that entry, and open again what the cancellation ends.
 */

import { CancelledError } from '../errors.ts'
import { deliverCancellation, isCancelPending, mayDeliver } from './cancellation.ts'
import type { EntryFeed } from './entry-feed.ts'
import type { Operation } from './operation.ts'

export class ExecutionCancellation {
  readonly #runId: string
  readonly #feed: EntryFeed
  readonly #state = {
    cancelReason: null as string | null,
    isCancelDelivered: false,
    /** Calls that stand in the journal without their outcome. */
    calls: new Set<number>(),
  }
  /** Asked for while the entry that lets it take effect may be on its way. */
  #postponed: Operation[] = []
  /** It has taken effect and found nothing open: what is asked for next is for it to end. */
  #hasClaim = false

  constructor(runId: string, feed: EntryFeed) {
    this.#runId = runId
    this.#feed = feed
  }

  get isRequested(): boolean {
    return this.#state.cancelReason !== null
  }

  /** Asked for, and without effect yet. */
  get isPending(): boolean {
    return isCancelPending(this.#state)
  }

  request(reason: string): void {
    this.#state.cancelReason ??= reason
  }

  callBegan(index: number): void {
    this.#state.calls.add(index)
  }

  callEnded(index: number): void {
    this.#state.calls.delete(index)
  }

  /** Lets it take effect if it may; returns whether it did, and so ends what is open. */
  deliver(open: number): boolean {
    if (!deliverCancellation(this.#state)) return false
    this.#hasClaim = open === 0
    return true
  }

  /** Whether it ends what the code asks for now: once, if it found nothing open. */
  claim(): boolean {
    if (!this.#hasClaim) return false
    this.#hasClaim = false
    return true
  }

  /** What is said to the code that awaits an operation. */
  error(): CancelledError {
    const reason = this.#state.cancelReason ?? 'no reason given'
    return new CancelledError(`run ${this.#runId} was cancelled: ${reason}`)
  }

  /** Keeps an operation for later if it may not begin now; returns whether it did. */
  postpone(operation: Operation): boolean {
    if (!this.#feed.isQueued((body) => mayDeliver(this.#state, body))) return false
    this.#postponed.push(operation)
    return true
  }

  /** What was kept for later, to be begun unless it has been ended meanwhile. */
  takePostponed(): readonly Operation[] {
    const postponed = this.#postponed
    if (postponed.length > 0) this.#postponed = []
    return postponed
  }
}
