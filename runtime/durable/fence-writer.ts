/** Appends fences to one journal partition, one at a time and alone in their record. */

import { FencedError } from '../errors.ts'
import { definitionTopics } from '../../schemas/topics.ts'
import { journalWrite } from './journal-write.ts'
import type { Kernel } from './kernel.ts'
import type { Home } from './outbox.ts'
import type { Reserve, Write } from './writer.ts'

export interface AppendedFence {
  readonly offset: bigint
  readonly nonce: string
}

interface Request {
  readonly nonce: string
  readonly resolve: (fence: AppendedFence) => void
  readonly reject: (error: unknown) => void
}

export class FenceWriter {
  readonly #kernel: Kernel
  readonly #home: Home
  #request: Request | null = null

  constructor(kernel: Kernel, home: Home) {
    this.#kernel = kernel
    this.#home = home
  }

  /** True until the fence that was asked for is on its way. */
  get isWanted(): boolean {
    return this.#request !== null
  }

  /** Rejects when its fate is not known, and when the partition is given up before it is sent. */
  append(): Promise<AppendedFence> {
    return new Promise((resolve, reject) => {
      this.#request = { nonce: this.#kernel.randomness.uuid(), resolve, reject }
      this.#kernel.writer.wake()
    })
  }

  collect(reserve: Reserve): readonly Write[] {
    const request = this.#request
    const { definition, partition } = this.#home
    if (request === null || !reserve(definitionTopics(definition).journal, partition, 0)) return []
    this.#request = null
    const { nonce, resolve, reject } = request
    const { incarnation, clock, codec } = this.#kernel
    const value = codec.commit.encode({
      epoch: -1n,
      inboxTaken: -1n,
      outboxConfirmed: { offset: -1n, index: -1 },
      fence: { incarnation, nonce, at: clock.now() },
      checkpoint: [],
      entries: [],
    })
    const settle: Write['settle'] = (result) => {
      if ('offset' in result) resolve({ offset: result.offset, nonce })
      else reject(result.error)
    }
    return [journalWrite(this.#kernel, this.#home, value, 'stoa.Fence', settle)]
  }

  giveUp(): void {
    this.#request?.reject(new FencedError('the partition was given up'))
    this.#request = null
  }
}
