/**
 * What is done with a commit whose acknowledgement does not decide it: the journal is read, and what is
 * found there is what happened.
 *
 * 1. A commit behind a gap stands if nobody has fenced in the gap.
 * 2. After an append whose fate is not known nothing is assumed: its entries go back into the queue, a
 *    new fence is appended, and the journal is read up to it.
 * 3. When a fence of another incarnation is found, or what is to be read was trimmed, the partition is
 *    lost.
 * 4. A recovery that was begun before the partition was lost or given up ends without effect.
 */

import { FencedError } from '../errors.ts'
import type { Logger } from '../logger.ts'
import type { Commit } from '../../schemas/records.ts'
import type { Backoff } from './backoff.ts'
import { fateBehind, type CommitFate } from './commit-fate.ts'
import type { CommitQueue } from './commit-queue.ts'
import type { FenceWriter } from './fence-writer.ts'
import { checkFences, isHole, readCommits, type PlacedCommit } from './journal-reader.ts'
import type { Kernel } from './kernel.ts'
import type { Home } from './outbox.ts'

export type UndecidedFate = Exclude<CommitFate, { readonly is: 'decided' }>

/** What a recovery needs of its partition, which neither commits nor acts until it is told. */
export interface RecoveryHost {
  readonly home: Home
  readonly logger: Logger
  readonly queue: CommitQueue
  readonly fence: FenceWriter
  /** The partition resets it when a commit is decided. */
  readonly backoff: Backoff
  /** Grows whenever the partition is lost or given up. */
  readonly tenure: () => number
  /** The offset from which on the journal has to be read. */
  readonly next: () => bigint
  /** A commit stands, and so does what others have appended before it. */
  readonly onStanding: (gap: readonly PlacedCommit[], placed: PlacedCommit) => void
  /** The journal is known up to an offset: the last of these commits is a fence of our own. */
  readonly onFenced: (commits: readonly PlacedCommit[], next: bigint) => void
  readonly onLost: (reason: string) => void
}

export class Recovery {
  readonly #kernel: Kernel
  readonly #host: RecoveryHost

  constructor(kernel: Kernel, host: RecoveryHost) {
    this.#kernel = kernel
    this.#host = host
  }

  /** Finds out what became of a commit of so many bytes, and tells the partition. */
  begin(fate: UndecidedFate, commit: Commit, bytes: number): void {
    switch (fate.is) {
      case 'behind a gap':
        void this.#readGap({ offset: fate.offset, commit, bytes })
        return
      case 'unknown':
        this.#host.logger.warn({ error: fate.error }, 'the fate of a commit is not known')
        void this.#fenceAnew()
    }
  }

  /** Somebody else has appended between our last commit and this one. */
  async #readGap(placed: PlacedCommit): Promise<void> {
    const { home, tenure, next, onStanding, onLost } = this.#host
    const began = tenure()
    let gap: readonly PlacedCommit[]
    try {
      gap = await readCommits(this.#kernel, home, next(), placed.offset)
    } catch (error) {
      if (began !== tenure()) return
      if (isHole(error)) onLost('the journal was trimmed by a newer owner')
      else void this.#fenceAnew()
      return
    }
    if (began !== tenure()) return
    switch (fateBehind(gap, this.#kernel.incarnation)) {
      case 'lost':
        onLost('a newer owner has fenced')
        return
      case 'unsure':
        void this.#fenceAnew()
        return
      case 'stands':
        onStanding(gap, placed)
    }
  }

  /** The fate of what was written is read from the journal, up to a new fence of our own. */
  async #fenceAnew(): Promise<void> {
    const { home, logger, queue, fence, backoff, tenure, next, onFenced, onLost } = this.#host
    const began = tenure()
    if (this.#kernel.settings.sabotage === 'recovery-trusts-its-memory') queue.settle()
    queue.requeue()
    while (began === tenure()) {
      try {
        await backoff.beforeTry()
        if (began !== tenure()) return
        const { offset, nonce } = await fence.append()
        const commits = await readCommits(this.#kernel, home, next(), offset + 1n)
        if (began !== tenure()) return
        checkFences(commits, this.#kernel.incarnation, nonce)
        onFenced(commits, offset + 1n)
        return
      } catch (error) {
        if (began !== tenure()) return
        if (error instanceof FencedError || isHole(error)) {
          onLost('a newer owner has fenced while the partition was being recovered')
          return
        }
        logger.warn({ error }, 'recovering the partition failed')
      }
    }
  }
}
