/**
 * How far a partition is done with its inbox and its outbox. What has moved goes with the next commit,
 * or after a while in one of its own.
 */

import type { OutboxPosition } from '../../schemas/records.ts'
import { comparePositions } from './fold.ts'
import type { Kernel } from './kernel.ts'

export interface Reached {
  readonly inboxTaken: bigint
  readonly outboxConfirmed: OutboxPosition
}

export class Positions {
  readonly #kernel: Kernel
  readonly #reached: () => Reached
  #isDue = false
  #stopTimer: (() => void) | null = null

  /** @param reached says how far it is now */
  constructor(kernel: Kernel, reached: () => Reached) {
    this.#kernel = kernel
    this.#reached = reached
  }

  /** Whether they have moved since a commit has said so. */
  areBeyond(said: Reached): boolean {
    const { inboxTaken, outboxConfirmed } = this.#reached()
    return (
      inboxTaken > said.inboxTaken || comparePositions(outboxConfirmed, said.outboxConfirmed) > 0
    )
  }

  /** Whether they are worth a commit of their own. */
  areDue(said: Reached): boolean {
    return this.#isDue && this.areBeyond(said)
  }

  /** For the commit that is being built. */
  take(): Reached {
    this.#isDue = false
    return this.#reached()
  }

  /** They go alone after the delay, unless a commit comes before. */
  moved(delayMs: number): void {
    this.#stopTimer ??= this.#kernel.clock.after(delayMs, () => {
      this.#stopTimer = null
      this.due()
    })
  }

  due(): void {
    this.#isDue = true
    this.#kernel.writer.wake()
  }

  stop(): void {
    this.#stopTimer?.()
    this.#stopTimer = null
  }
}
