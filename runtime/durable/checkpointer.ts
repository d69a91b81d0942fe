/**
 * Takes checkpoints of one partition, a few runs in each commit.
 *
 * 1. The runs that get a snapshot are those the fold holds once `CheckpointBegun` is decided.
 * 2. A snapshot is serialised when its commit is built and folds before the entries of that commit.
 *    While the parts of a large one are on their way, the run's entries wait.
 * 3. `CheckpointEnded` is written once the last snapshot is decided.
 * 4. After a fence of any kind the checkpoint is abandoned.
 *
 * After a checkpoint the journal grows by a fixed amount, four times what the checkpoint has of runs
 * that are live, or what has become of that since, and nine times what it has of runs that have ended:
 * each of those is remembered for a day, and takes as long to write as a third of a step. What the
 * checkpoint has of runs that have ended since is counted as grown. So a restart folds at most that
 * and the checkpoint; and while the state stays as large as it is, checkpoints are less than a quarter
 * of the journal, and less than a tenth where live runs are less than a sixth of the fixed amount.
 */

import type { CheckpointPart, Commit, EntryBody } from '../../schemas/records.ts'
import type { KernelSettings } from './kernel.ts'
import type { PartitionState } from './fold.ts'
import type { Owed } from './outbox.ts'
import { writeSnapshot } from './snapshot.ts'

interface LargeSnapshot {
  readonly runId: string
  readonly parts: readonly CheckpointPart[]
  next: number
}

/** Bytes of a journal from the beginning of a checkpoint on. */
interface Growth {
  /** Without snapshots: what a checkpoint itself brings must not bring the next one about. */
  journal: number
  /** Of this checkpoint. */
  snapshots: number
}

type Phase =
  | { readonly name: 'idle' }
  | { readonly name: 'begin' }
  | { readonly name: 'begun' }
  | { readonly name: 'snapshots'; readonly begun: bigint; readonly runIds: string[]; next: number }
  | { readonly name: 'ending' }

const statesBetween = 4
const endedBetween = 9
/** About the size of a snapshot without its history, as of a run that has ended. */
const leanRunBytes = 150
const messageIdBytes = 40

const leavingHistory: ReadonlySet<EntryBody['type']> = new Set([
  'RunCompleted',
  'RunFailed',
  'RunCancelled',
  'RunContinued',
])

export class Checkpointer {
  readonly #settings: KernelSettings
  #phase: Phase = { name: 'idle' }
  #large: LargeSnapshot | null = null
  /** Since the last complete checkpoint began. */
  #since: Growth = { journal: 0, snapshots: 0 }
  /** Since a checkpoint began that is not complete. */
  #sinceOpen: Growth = { journal: 0, snapshots: 0 }
  /** About what they would have now, but for what runs that have ended left behind since. */
  #liveBytes = 0
  #leftBytes = 0
  /** Of runs that had ended when the last checkpoint began. */
  #endedBytes = 0

  constructor(settings: KernelSettings) {
    this.#settings = settings
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

  /** Counts a commit of the journal; returns what it has beside snapshots. */
  count({ checkpoint }: Commit, bytes: number): number {
    const snapshots = sizeOfSnapshots(checkpoint)
    const journal = bytes - snapshots
    if (checkpoint.some(({ type }) => type === 'CheckpointBegun')) {
      this.#sinceOpen = { journal: 0, snapshots: 0 }
    }
    this.#since.journal += journal
    this.#sinceOpen.journal += journal
    this.#sinceOpen.snapshots += snapshots
    if (checkpoint.some(({ type }) => type === 'CheckpointEnded')) {
      this.#since = { ...this.#sinceOpen }
    }
    return journal
  }

  /** The partition was read, up to a fence. */
  restored(state: PartitionState): void {
    this.#measure(state)
    this.#beginIfDue()
  }

  /** Counts a commit that is about to be folded. */
  folding({ runs }: PartitionState, commit: Commit, bytes: number): void {
    this.#liveBytes += this.count(commit, bytes)
    for (const { runId, body } of commit.entries) {
      if (leavingHistory.has(body.type)) this.#leftBytes += runs.get(runId)?.history.bytes ?? 0
    }
    this.#beginIfDue()
  }

  /** The parts for the commit that is being built. */
  parts(state: PartitionState, now: number): readonly CheckpointPart[] {
    switch (this.#phase.name) {
      case 'begin':
        this.#phase = { name: 'begun' }
        this.#measure(state)
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

  /** About what the snapshots of all runs would have now. */
  #measure({ runs }: PartitionState): void {
    this.#liveBytes = 0
    this.#endedBytes = 0
    this.#leftBytes = 0
    for (const { history, seen, outcome } of runs.values()) {
      const output = outcome?.status === 'completed' ? outcome.output.byteLength : 0
      const bytes = leanRunBytes + history.bytes + seen.length * messageIdBytes + output
      this.#liveBytes += bytes
      if (outcome !== null) this.#endedBytes += bytes
    }
  }

  #beginIfDue(): void {
    if (this.#phase.name !== 'idle') return
    const liveBytes = Math.max(0, this.#liveBytes - this.#leftBytes)
    const stateBytes = Math.min(this.#since.snapshots, liveBytes)
    const deadBytes = Math.min(this.#since.snapshots, this.#leftBytes)
    const endedBytes = Math.min(stateBytes, this.#endedBytes)
    const most =
      this.#settings.checkpointBytes +
      statesBetween * (stateBytes - endedBytes) +
      endedBetween * endedBytes
    if (this.#since.journal + deadBytes > most) this.#phase = { name: 'begin' }
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

function sizeOfSnapshots(parts: readonly CheckpointPart[]): number {
  let bytes = 0
  for (const part of parts) bytes += part.type === 'RunSnapshot' ? part.state.byteLength : 0
  return bytes
}

/** An upper bound of what the parts add to a commit. */
export function sizeOfParts(parts: readonly CheckpointPart[]): number {
  let bytes = 0
  for (const part of parts) bytes += part.type === 'RunSnapshot' ? part.state.byteLength + 512 : 64
  return bytes
}
