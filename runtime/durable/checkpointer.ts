/**
 * Takes checkpoints of one partition, a few runs in each commit.
 *
 * 1. The runs that get a snapshot are those the fold holds once `CheckpointBegun` is decided.
 * 2. A snapshot is serialised when its commit is built and folds before the entries of that commit.
 *    While the parts of a large one are on their way, the run's entries wait.
 * 3. `CheckpointEnded` is written once the last snapshot is decided.
 * 4. After a fence of any kind the checkpoint is abandoned.
 *
 * `checkpoint-policy.ts` says when one is due.
 */

import type { CheckpointPart, Commit } from '../../schemas/records.ts'
import { CheckpointPolicy } from './checkpoint-policy.ts'
import type { KernelSettings } from './kernel.ts'
import type { PartitionState } from './fold.ts'
import type { Owed } from './outbox.ts'
import { writeSnapshot } from './snapshot.ts'

interface LargeSnapshot {
  readonly runId: string
  readonly parts: readonly CheckpointPart[]
  next: number
}

type Phase =
  | { readonly name: 'idle' }
  | { readonly name: 'begin' }
  | { readonly name: 'begun' }
  | { readonly name: 'snapshots'; readonly begun: bigint; readonly runIds: string[]; next: number }
  | { readonly name: 'ending' }

export class Checkpointer {
  readonly #settings: KernelSettings
  readonly #policy: CheckpointPolicy
  #phase: Phase = { name: 'idle' }
  #large: LargeSnapshot | null = null

  constructor(settings: KernelSettings) {
    this.#settings = settings
    this.#policy = new CheckpointPolicy(settings.checkpointBytes)
  }

  /** True while the next commit has a part of a checkpoint to carry. */
  get isDue(): boolean {
    return this.#phase.name === 'begin' || this.#phase.name === 'snapshots'
  }

  /** The run whose snapshot is on its way in several commits. */
  get heldRun(): string | null {
    return this.#large !== null && this.#large.next < this.#large.parts.length
      ? this.#large.runId
      : null
  }

  /** Counts a commit of the journal that is being read. */
  count(commit: Commit, bytes: number): void {
    this.#policy.count(commit, bytes)
  }

  /** The partition was read, up to a fence. */
  restored(state: PartitionState): void {
    this.#policy.measure(state)
    this.#beginIfDue()
  }

  /** Counts a commit that is about to be folded. */
  folding(state: PartitionState, commit: Commit, bytes: number): void {
    this.#policy.countFolding(state, commit, bytes)
    this.#beginIfDue()
  }

  /** The parts for the commit that is being built. */
  parts(state: PartitionState, now: number): readonly CheckpointPart[] {
    switch (this.#phase.name) {
      case 'begin':
        this.#phase = { name: 'begun' }
        this.#policy.measure(state)
        return [{ type: 'CheckpointBegun', forgetBefore: now - this.#settings.deduplicationMs }]
      case 'snapshots':
        return this.#snapshots(state, this.#phase)
      default:
        return []
    }
  }

  /** Learns that a commit was decided and folded. */
  decided(state: PartitionState, offset: bigint, parts: readonly CheckpointPart[]): void {
    for (const part of parts) {
      if (part.type === 'CheckpointBegun') {
        const runIds = [...state.runs.keys()]
        if (this.#settings.sabotage === 'snapshot-misses-a-run') runIds.pop()
        this.#phase = { name: 'snapshots', begun: offset, runIds, next: 0 }
      } else if (part.type === 'CheckpointEnded') {
        this.#phase = { name: 'idle' }
        // Much may have been written meanwhile, and nothing more may come.
        this.#beginIfDue()
      }
    }
  }

  abandon(): void {
    if (this.#settings.sabotage === 'abandoned-checkpoint-goes-on') return
    if (this.#phase.name !== 'idle') this.#phase = { name: 'begin' }
    this.#large = null
  }

  #beginIfDue(): void {
    if (this.#phase.name === 'idle' && this.#policy.isDue) this.#phase = { name: 'begin' }
  }

  #snapshots(
    state: PartitionState,
    phase: Extract<Phase, { name: 'snapshots' }>,
  ): readonly CheckpointPart[] {
    if (this.#large !== null && this.heldRun !== null) return this.#nextPart(this.#large)
    if (phase.next === phase.runIds.length) {
      this.#phase = { name: 'ending' }
      return [{ type: 'CheckpointEnded', begun: phase.begun }]
    }
    const owed = Map.groupBy(state.outbox, (item: Owed) => item.runId)
    const parts: CheckpointPart[] = []
    const partBytes = Math.ceil((2 * this.#settings.commitBytes) / 3)
    let bytes = 0
    while (bytes < this.#settings.commitBytes / 3) {
      const runId = phase.runIds[phase.next]
      if (runId === undefined) break
      phase.next += 1
      const run = state.runs.get(runId)
      if (run === undefined) continue
      const snapshot = writeSnapshot(run, owed.get(runId) ?? [])
      bytes += snapshot.byteLength
      if (snapshot.byteLength <= partBytes) {
        parts.push({ type: 'RunSnapshot', runId, part: 0, parts: 1, state: snapshot })
      } else if (parts.length > 0) {
        // A large one begins a commit of its own.
        phase.next -= 1
        break
      } else {
        this.#large = { runId, parts: split(runId, snapshot, partBytes), next: 0 }
        return this.#nextPart(this.#large)
      }
    }
    return parts
  }

  #nextPart(large: LargeSnapshot): readonly CheckpointPart[] {
    const part = large.parts[large.next]
    large.next += 1
    return part === undefined ? [] : [part]
  }
}

function split(runId: string, snapshot: Buffer, partBytes: number): readonly CheckpointPart[] {
  const parts = Math.ceil(snapshot.byteLength / partBytes)
  return Array.from({ length: parts }, (_, part) => ({
    type: 'RunSnapshot',
    runId,
    part,
    parts,
    state: snapshot.subarray(part * partBytes, (part + 1) * partBytes),
  }))
}

/** An upper bound of what the parts add to a commit. */
export function sizeOfParts(parts: readonly CheckpointPart[]): number {
  let bytes = 0
  for (const part of parts) bytes += part.type === 'RunSnapshot' ? part.state.byteLength + 512 : 64
  return bytes
}
