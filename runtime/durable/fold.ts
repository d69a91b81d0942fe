/**
 * The fold: what a journal partition says, and to whom it listens.
 *
 * 1. A fence is always accepted; its offset is the epoch from there on.
 * 2. Any other commit is accepted if and only if it carries the epoch in force.
 * 3. An entry of an accepted commit is accepted if and only if it is the next of its run and the run
 *    has not ended. What is not accepted never happened, for every reader.
 * 4. Positions are cumulative and fold by maximum.
 * 5. A fold that begins at a checkpoint trusts the epoch of its first commit, and takes a run from
 *    its snapshot; until then it ignores the entries of runs it has not seen start.
 */

import type { Commit, Entry, Fence, OutboxPosition } from '../../schemas/records.ts'
import { itemsOf, type Home, type Owed } from './outbox.ts'
import { applyEntry, startedRun, type RunState } from './run-state.ts'
import type { Sabotage } from './sabotage.ts'
import { readSnapshot } from './snapshot.ts'

export interface PartitionState {
  readonly home: Home
  /** Offset of the fence in force; -1n before the first. */
  epoch: bigint
  fence: Fence | null
  inboxTaken: bigint
  outboxConfirmed: OutboxPosition
  runs: Map<string, RunState>
  /** Owed and not confirmed, in journal order. */
  outbox: Owed[]
  /** Offset of the `CheckpointBegun` that has no end yet. */
  checkpoint: bigint | null
  /** Offset of the newest checkpoint that is complete; -1n for none. */
  lastCheckpoint: bigint
  /** True from a checkpoint's beginning to its end, when the fold began there. */
  isRestoring: boolean
  /** Pieces of a snapshot whose last part has not come yet. */
  parts: Uint8Array[]
}

export function emptyPartition(home: Home): PartitionState {
  return {
    home,
    epoch: -1n,
    fence: null,
    inboxTaken: -1n,
    outboxConfirmed: { offset: -1n, index: -1 },
    runs: new Map(),
    outbox: [],
    checkpoint: null,
    lastCheckpoint: -1n,
    isRestoring: false,
    parts: [],
  }
}

/** A partition to be folded from the commit with a `CheckpointBegun`. */
export function restoringPartition(home: Home): PartitionState {
  return { ...emptyPartition(home), isRestoring: true }
}

/** Folds one commit in and returns the entries that were accepted. */
export function fold(
  state: PartitionState,
  offset: bigint,
  commit: Commit,
  sabotage?: Sabotage,
): readonly Entry[] {
  if (commit.fence !== null) {
    state.epoch = offset
    state.fence = commit.fence
    if (sabotage !== 'abandoned-checkpoint-goes-on') state.checkpoint = null
    state.parts = []
    return []
  }
  if (state.isRestoring && state.epoch === -1n) state.epoch = commit.epoch
  if (commit.epoch !== state.epoch && sabotage !== 'accept-any-epoch') return []
  if (commit.inboxTaken > state.inboxTaken) state.inboxTaken = commit.inboxTaken
  confirm(state, commit.outboxConfirmed)
  foldCheckpoint(state, offset, commit)
  const accepted: Entry[] = []
  for (let index = 0; index < commit.entries.length; index += 1) {
    const entry = commit.entries[index]
    if (entry !== undefined && foldEntry(state, offset, index, entry, sabotage))
      accepted.push(entry)
  }
  return accepted
}

/** Negative when `left` comes first. */
export function comparePositions(left: OutboxPosition, right: OutboxPosition): number {
  if (left.offset !== right.offset) return left.offset < right.offset ? -1 : 1
  return left.index - right.index
}

function foldEntry(
  state: PartitionState,
  offset: bigint,
  index: number,
  entry: Entry,
  sabotage: Sabotage | undefined,
): boolean {
  const run = state.runs.get(entry.runId)
  if (run === undefined) {
    if (entry.body.type !== 'RunStarted' || entry.seq !== 1) return false
    state.runs.set(entry.runId, startedRun(entry))
    return true
  }
  const isNext = entry.seq === run.seq + 1 || sabotage === 'accept-any-seq'
  if (run.status === 'ended' || !isNext || entry.body.type === 'RunStarted') return false
  const items = itemsOf(state.home, run, entry)
  applyEntry(run, entry)
  if (items.length > 0) {
    state.outbox.push({ offset, index, runId: run.runId, items })
    run.owed += 1
  }
  return true
}

function confirm(state: PartitionState, position: OutboxPosition) {
  if (comparePositions(position, state.outboxConfirmed) <= 0) return
  state.outboxConfirmed = position
  let confirmed = 0
  for (const owed of state.outbox) {
    if (comparePositions(owed, position) > 0) break
    const run = state.runs.get(owed.runId)
    if (run !== undefined) run.owed -= 1
    confirmed += 1
  }
  state.outbox.splice(0, confirmed)
}

function foldCheckpoint(state: PartitionState, offset: bigint, commit: Commit) {
  for (const part of commit.checkpoint) {
    switch (part.type) {
      case 'CheckpointBegun':
        state.checkpoint = offset
        forget(state, part.forgetBefore)
        break
      case 'RunSnapshot':
        if (!state.isRestoring) break
        if (part.parts === 1) {
          restore(state, part.state)
          break
        }
        // A copy: the bytes of the commit are not kept until the next one.
        state.parts.push(Buffer.from(part.state))
        if (part.part === part.parts - 1) restore(state, Buffer.concat(state.parts))
        break
      case 'CheckpointEnded':
        if (part.begun !== state.checkpoint) break
        state.lastCheckpoint = part.begun
        state.checkpoint = null
        state.isRestoring = false
        break
    }
  }
}

function forget(state: PartitionState, before: number) {
  for (const [runId, run] of state.runs) {
    if (run.status === 'ended' && run.owed === 0 && run.at < before) state.runs.delete(runId)
  }
}

function restore(state: PartitionState, bytes: Uint8Array) {
  state.parts = []
  const { run, owed } = readSnapshot(bytes)
  const unconfirmed = owed.filter((item) => comparePositions(item, state.outboxConfirmed) > 0)
  run.owed = unconfirmed.length
  state.runs.set(run.runId, run)
  // There may be very many runs, most of which owe nothing.
  if (unconfirmed.length === 0 && state.outbox.length === 0) return
  state.outbox = [...state.outbox.filter((item) => item.runId !== run.runId), ...unconfirmed].sort(
    comparePositions,
  )
}
