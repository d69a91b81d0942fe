/**
 * When the next checkpoint of a partition is due.
 *
 * After a checkpoint the journal grows by a fixed amount, four times what the checkpoint has of runs
 * that are live, or what has become of that since, and nine times what it has of runs that have ended:
 * each of those is remembered for a day, and takes as long to write as a third of a step. What is of
 * no more use is counted as grown: the histories of runs that have ended since, up to the size of the
 * checkpoint. So a restart folds at most that, the checkpoint, and what is written while the next one
 * is taken. While the state stays as large as it is, checkpoints are less than a quarter of the
 * journal, and less than a ninth where live runs have less than a fifth of the fixed amount.
 */

import type { CheckpointPart, Commit, EntryBody } from '../../schemas/records.ts'
import type { PartitionState } from './fold.ts'
import type { RunState } from './run-state.ts'

/** Bytes of a journal from the beginning of a checkpoint on. */
interface Growth {
  /** Without snapshots: what a checkpoint itself brings must not bring the next one about. */
  journal: number
  /** Of this checkpoint. */
  snapshots: number
}

/** By how many times what a checkpoint has of them the journal may grow. */
const liveBetween = 4
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

/** Counts what a journal and the state of its partition grow by, and says when that is enough. */
export class CheckpointPolicy {
  readonly #checkpointBytes: number
  /** Since the last complete checkpoint began. */
  #since: Growth = { journal: 0, snapshots: 0 }
  /** Since a checkpoint began that is not complete. */
  #sinceOpen: Growth = { journal: 0, snapshots: 0 }
  /** About what snapshots of all runs would have now if none had ended since they were measured. */
  #stateBytes = 0
  /** Of that, the histories of runs that have ended since. */
  #leftBytes = 0
  /** Of runs that had ended when they were measured. */
  #endedBytes = 0

  /** @param checkpointBytes the fixed amount by which the journal grows after each checkpoint */
  constructor(checkpointBytes: number) {
    this.#checkpointBytes = checkpointBytes
  }

  /** True when the journal has grown by so much that the next checkpoint begins. */
  get isDue(): boolean {
    const { journal, snapshots } = this.#since
    const presentBytes = Math.max(0, this.#stateBytes - this.#leftBytes)
    const keptBytes = Math.min(snapshots, presentBytes)
    const endedBytes = Math.min(keptBytes, this.#endedBytes)
    const uselessBytes = Math.min(snapshots, this.#leftBytes)
    const most =
      this.#checkpointBytes + liveBetween * (keptBytes - endedBytes) + endedBetween * endedBytes
    return journal + uselessBytes > most
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

  /** Counts a commit that is about to be folded, and what it does to the state. */
  countFolding({ runs }: PartitionState, commit: Commit, bytes: number): void {
    this.#stateBytes += this.count(commit, bytes)
    for (const { runId, body } of commit.entries) {
      if (leavingHistory.has(body.type)) this.#leftBytes += runs.get(runId)?.history.bytes ?? 0
    }
  }

  /** Goes by what snapshots of all runs would have now. */
  measure({ runs }: PartitionState): void {
    this.#stateBytes = 0
    this.#endedBytes = 0
    this.#leftBytes = 0
    for (const run of runs.values()) {
      const bytes = sizeOfRun(run)
      this.#stateBytes += bytes
      if (run.outcome !== null) this.#endedBytes += bytes
    }
  }
}

/** About what the snapshot of a run has. */
function sizeOfRun({ history, seen, outcome }: RunState): number {
  const output = outcome?.status === 'completed' ? outcome.output.byteLength : 0
  return leanRunBytes + history.bytes + seen.length * messageIdBytes + output
}

function sizeOfSnapshots(parts: readonly CheckpointPart[]): number {
  let bytes = 0
  for (const part of parts) bytes += part.type === 'RunSnapshot' ? part.state.byteLength : 0
  return bytes
}
