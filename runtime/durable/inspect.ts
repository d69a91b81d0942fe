/** What the journal says of runs: folded by whoever asks, never asked of an owner. */

import type { Log } from '../log/port.ts'
import type { Codec } from '../../schemas/codec.ts'
import type { Entry, Failure } from '../../schemas/records.ts'
import { definitionTopics } from '../../schemas/topics.ts'
import { emptyPartition, fold, restoringPartition, type PartitionState } from './fold.ts'
import { readJournal } from './journal-reader.ts'
import type { RunState } from './run-state.ts'

export interface RunSummary {
  readonly runId: string
  readonly partition: number
  readonly version: string
  readonly status: 'running' | 'parked' | 'completed' | 'failed' | 'cancelled'
  readonly startedAt: number
  /** Time of the latest entry. */
  readonly at: number
  readonly entries: number
  /** What a run that has not ended waits for, as far as the journal tells. */
  readonly waitsFor: readonly string[]
  readonly error: Failure | null
}

/** An entry of the journal with its place. */
export interface HistoryEntry {
  readonly partition: number
  readonly offset: bigint
  readonly entry: Entry
}

export interface FoldedJournal {
  readonly states: readonly PartitionState[]
  /** Accepted entries of the run asked for, in order. */
  readonly history: readonly HistoryEntry[]
}

/** Folds every partition of a definition's journal, from its beginning to its present end. */
export async function foldJournals(
  log: Log,
  codec: Codec,
  definition: string,
  runId?: string,
): Promise<FoldedJournal> {
  const topic = definitionTopics(definition).journal
  const partitions = await log.partitions(topic)
  const folded = await Promise.all(
    Array.from({ length: partitions }, (_, partition) =>
      foldPartition(log, codec, { definition, topic, partition, runId }),
    ),
  )
  return {
    states: folded.map(({ state }) => state),
    history: folded.flatMap(({ history }) => history),
  }
}

/** Every run of a definition that its journal knows, in order of their start. */
export async function listRuns(
  log: Log,
  codec: Codec,
  definition: string,
): Promise<readonly RunSummary[]> {
  const { states } = await foldJournals(log, codec, definition)
  return states
    .flatMap((state) => [...state.runs.values()].map((run) => summaryOf(run, state.home.partition)))
    .sort((left, right) => left.startedAt - right.startedAt || (left.runId < right.runId ? -1 : 1))
}

export function summaryOf(run: RunState, partition: number): RunSummary {
  const { runId, version, startedAt, at, seq, outcome, parked } = run
  const status = outcome?.status ?? (run.status === 'parked' ? 'parked' : 'running')
  const failure = outcome !== null && outcome.status !== 'completed' ? outcome.error : null
  const waitsFor = run.status === 'live' ? waitsOf(run) : []
  const error = failure ?? parked
  return { runId, partition, version, status, startedAt, at, entries: seq, waitsFor, error }
}

function waitsOf(run: RunState): readonly string[] {
  const isWait = (index: number) => run.waits.some((wait) => wait.index === index)
  return [
    ...run.waits.map((wait) => `signal '${wait.name}'`),
    ...[...run.calls.values()].map((call) => `run ${call.runId} of '${call.name}'`),
    ...[...run.retries.values()].map(
      (retry) =>
        `attempt ${String(retry.attempt + 1)} of step '${retry.name}' at ${time(retry.retryAt)}`,
    ),
    ...[...run.timers]
      .filter(([index]) => !isWait(index))
      .map(([, dueAt]) => `the timer due at ${time(dueAt)}`),
  ]
}

function time(milliseconds: number): string {
  return new Date(milliseconds).toISOString()
}

async function foldPartition(
  log: Log,
  codec: Codec,
  of: {
    readonly definition: string
    readonly topic: string
    readonly partition: number
    readonly runId: string | undefined
  },
): Promise<{ readonly state: PartitionState; readonly history: readonly HistoryEntry[] }> {
  const { definition, topic, partition, runId } = of
  const { low, high } = await log.offsets(topic, partition)
  const home = { definition, partition }
  const state = low === 0n ? emptyPartition(home) : restoringPartition(home)
  const history: HistoryEntry[] = []
  if (low === high) return { state, history }
  const range = { topic, partition, from: low, to: high }
  const decoder = runId === undefined ? codec.skimmedCommit : codec.commit
  for await (const commits of readJournal(log, codec, range, decoder)) {
    for (const { offset, commit } of commits) {
      for (const entry of fold(state, offset, commit)) {
        if (entry.runId === runId) history.push({ partition, offset, entry })
      }
    }
  }
  return { state, history }
}
