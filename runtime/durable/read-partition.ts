/**
 * What a new owner has to know of its partition, read behind a fence of its own.
 *
 * 1. Everything in the journal up to the fence is folded, from the newest checkpoint that is known.
 * 2. The inbox goes on behind what the journal has taken; what was trimmed before the fence, the
 *    journal says is taken.
 *
 * So the beginning of the inbox is read before the fence, and its end after it: what the journal has
 * taken up to the fence was there by then. The beginning of the journal is read after the fence, when
 * nobody who trims it is in office any more. What has no place in this order goes together.
 */

import { FencedError, LogError } from '../errors.ts'
import type { Logger } from '../logger.ts'
import type { Commit } from '../../schemas/records.ts'
import { definitionTopics } from '../../schemas/topics.ts'
import type { AppendedFence } from './fence-writer.ts'
import type { PartitionState } from './fold.ts'
import { foldToFence } from './journal-reader.ts'
import type { Kernel } from './kernel.ts'
import type { Home } from './outbox.ts'

export interface ReadPartitionOptions {
  /** Where a checkpoint begins, as far as the group knows; -1n for none. */
  readonly readHint: () => Promise<bigint>
  readonly appendFence: () => Promise<AppendedFence>
  /** Told of each commit and its bytes. */
  readonly onCommit: (commit: Commit, bytes: number) => void
  readonly logger: Logger
}

export interface ReadPartition {
  readonly state: PartitionState
  /** Offset of the fence. */
  readonly fence: bigint
  /** Every inbox record up to this offset is done with, or gone. */
  readonly taken: bigint
  /** Where the fold began. */
  readonly from: bigint
}

/** @throws FencedError when a newer owner is seen, LogError INBOX_RECREATED */
export async function readPartition(
  kernel: Kernel,
  home: Home,
  { readHint, appendFence, onCommit, logger }: ReadPartitionOptions,
): Promise<ReadPartition> {
  const { log } = kernel
  const { definition, partition } = home
  const { inbox, journal } = definitionTopics(definition)
  const [before, hint] = await Promise.all([log.offsets(inbox, partition), readHint()])
  const gone = before.low - 1n
  const { offset: fence, nonce } = await appendFence()
  const { low } = await log.offsets(journal, partition)
  if (low > fence || hint > fence) throw new FencedError('the journal begins above our fence')
  const from = hint > low ? hint : low
  const [state, { high }] = await Promise.all([
    foldToFence(kernel, home, { from, fence, nonce }, onCommit),
    log.offsets(inbox, partition),
  ])
  if (high <= state.inboxTaken) throw recreated(inbox, partition, high, state.inboxTaken)
  if (gone <= state.inboxTaken) return { state, fence, taken: state.inboxTaken, from }
  if (state.inboxTaken >= 0n) {
    const removed = { from: String(state.inboxTaken + 1n), to: String(gone) }
    logger.warn(removed, 'records were removed from the inbox before they were taken in')
  }
  return { state, fence, taken: gone, from }
}

/** What is committed with the group's position, for the next owner's `checkpointHint`. */
export function hintMetadata({ lastCheckpoint }: PartitionState): string {
  return JSON.stringify({ checkpoint: String(lastCheckpoint) })
}

/** The checkpoint that was committed with the group's position. */
export function checkpointHint(metadata: string): bigint {
  const match = /"checkpoint":"(\d+)"/.exec(metadata)
  return match?.[1] === undefined ? -1n : BigInt(match[1])
}

function recreated(inbox: string, partition: number, high: bigint, taken: bigint): LogError {
  return new LogError(
    `${inbox}/${String(partition)} ends at ${String(high)}, and its journal has taken records up to ${String(taken)}: it was created anew or has lost records; delete the topics of the definition together, or bring it back`,
    { code: 'INBOX_RECREATED' },
  )
}
