/**
 * Commits of this process's own schema as a fold takes them: skimmed, see `EntryReader`. What they
 * hold shares memory with their bytes, so neither they nor their entries are to be kept.
 */

import { AvroCursor } from './avro-cursor.ts'
import { branchNames } from './avro.ts'
import { EntryReader } from './entry-reader.ts'
import type { CheckpointPart, Commit, Entry, Fence } from './records.ts'

export class CommitReader {
  readonly #entries = new EntryReader()
  readonly #parts = branchNames('Commit', ['checkpoint'])

  /** The commit from a position to the end of the bytes. @throws RangeError, TypeError */
  skim(buffer: Buffer, position: number): Commit {
    const cursor = new AvroCursor(buffer, position)
    const epoch = BigInt(cursor.long())
    const inboxTaken = BigInt(cursor.long())
    const outboxConfirmed = { offset: BigInt(cursor.long()), index: cursor.long() }
    const fence = cursor.isPresent() ? readFence(cursor) : null
    const checkpoint: CheckpointPart[] = []
    for (let left = cursor.items(); left > 0; left = cursor.items()) {
      for (; left > 0; left -= 1) checkpoint.push(this.#part(cursor))
    }
    const entries: Entry[] = []
    for (let left = cursor.items(); left > 0; left = cursor.items()) {
      for (; left > 0; left -= 1) entries.push(this.#entries.skim(cursor))
    }
    if (!cursor.isAtEnd) throw new RangeError('bytes follow the commit')
    return { epoch, inboxTaken, outboxConfirmed, fence, checkpoint, entries }
  }

  #part(cursor: AvroCursor): CheckpointPart {
    const branch = cursor.long()
    const type = this.#parts[branch]
    switch (type) {
      case 'CheckpointBegun':
        return { type, forgetBefore: cursor.long() }
      case 'RunSnapshot': {
        const runId = cursor.string()
        const part = cursor.long()
        return { type, runId, part, parts: cursor.long(), state: cursor.view() }
      }
      case 'CheckpointEnded':
        return { type, begun: BigInt(cursor.long()) }
      default:
        throw new RangeError(`no part of a checkpoint is ${String(branch)}`)
    }
  }
}

function readFence(cursor: AvroCursor): Fence {
  const incarnation = cursor.string()
  const nonce = cursor.string()
  return { incarnation, nonce, at: cursor.long() }
}
