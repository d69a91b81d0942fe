import { describe, expect, test } from 'vitest'
import type { Commit } from '../../schemas/records.ts'
import {
  call,
  commit,
  completed,
  completedStep,
  entries,
  fence,
  firstAt,
  started,
} from '../testing/entries.ts'
import { emptyPartition, fold, restoringPartition, type PartitionState } from './fold.ts'
import { writeSnapshot } from './snapshot.ts'

const home = { definition: 'review', partition: 0 }

function foldAll(commits: readonly Commit[], state = emptyPartition(home), from = 0n) {
  const accepted = commits.flatMap((each, index) => fold(state, from + BigInt(index), each))
  return { state, accepted: accepted.map(({ runId, seq }) => `${runId}${String(seq)}`) }
}

const a = entries('a', [started(), completedStep(0, 'read'), completedStep(1, 'write')])
const [a1, a2, a3] = [a.slice(0, 1), a.slice(1, 2), a.slice(2, 3)]
const b1 = entries('b', [started()])

describe('whom the fold listens to', () => {
  test('commits under the fence in force are accepted, those of a fenced owner never happened', () => {
    const { state, accepted } = foldAll([
      fence('one'),
      commit(0n, { entries: a1 }),
      fence('two'),
      commit(0n, { entries: a2, inboxTaken: 9n }),
      commit(2n, { entries: b1 }),
    ])
    expect(accepted).toEqual(['a1', 'b1'])
    expect([state.epoch, state.inboxTaken, state.fence?.incarnation]).toEqual([2n, -1n, 'two'])
  })

  test('a commit of a fence that has not been folded is not accepted', () => {
    expect(foldAll([fence('one'), commit(7n, { entries: a1 })]).accepted).toEqual([])
  })

  test('an entry is accepted when it is the next of its run', () => {
    const { accepted } = foldAll([
      fence('one'),
      commit(0n, { entries: a2 }),
      commit(0n, { entries: [...a1, ...a1, ...a3, ...a2] }),
      commit(0n, { entries: a3 }),
    ])
    expect(accepted).toEqual(['a1', 'a2', 'a3'])
  })

  test('nothing of a run is accepted once it has ended', () => {
    const ended = entries('a', [started(), completed(), completedStep(0, 'read')])
    const again = entries('a', [started()])
    const { accepted, state } = foldAll([
      fence('one'),
      commit(0n, { entries: ended }),
      commit(0n, { entries: again }),
    ])
    expect(accepted).toEqual(['a1', 'a2'])
    expect(state.runs.get('a')?.status).toBe('ended')
  })

  test('positions never go back', () => {
    const { state } = foldAll([
      fence('one'),
      commit(0n, { inboxTaken: 5n, outboxConfirmed: { offset: 1n, index: 4 } }),
      commit(0n, { inboxTaken: 3n, outboxConfirmed: { offset: 1n, index: 2 } }),
    ])
    expect([state.inboxTaken, state.outboxConfirmed]).toEqual([5n, { offset: 1n, index: 4 }])
  })
})

describe('what is owed', () => {
  const twoCalls = entries('a', [started(), call(0, 'a/0'), completedStep(1, 'x'), call(2, 'a/2')])
  const owed = (state: PartitionState) =>
    state.outbox.map(({ offset, index, items }) => [offset, index, items.length])

  test('an entry that calls owes a start until a position covers it', () => {
    const begun = [fence('one'), commit(0n, { entries: twoCalls })]
    const { state } = foldAll(begun)
    expect(owed(state)).toEqual([
      [1n, 1, 1],
      [1n, 3, 1],
    ])
    fold(state, 2n, commit(0n, { outboxConfirmed: { offset: 1n, index: 2 } }))
    expect(owed(state)).toEqual([[1n, 3, 1]])
    expect(state.runs.get('a')?.owed).toBe(1)
  })

  test('a run that is forgotten must owe nothing and have ended before the window', () => {
    const ended = [fence('one'), commit(0n, { entries: entries('a', [started(), completed()]) })]
    const forget = (forgetBefore: number) =>
      commit(0n, { checkpoint: [{ type: 'CheckpointBegun', forgetBefore }] })
    const confirm = commit(0n, { outboxConfirmed: { offset: 1n, index: 1 } })
    const endedAt = firstAt + 2_000
    const known = (...more: readonly Commit[]) => foldAll([...ended, ...more]).state.runs.has('a')
    expect(known(forget(endedAt + 1))).toBe(true)
    expect(known(confirm, forget(endedAt))).toBe(true)
    expect(known(confirm, forget(endedAt + 1))).toBe(false)
  })
})

describe('a checkpoint', () => {
  const before = [
    fence('one'),
    commit(0n, { entries: [...a1, ...b1], inboxTaken: 4n }),
    commit(0n, { entries: entries('b', [call(0, 'b/0')], 2) }),
  ]

  /** The journal from the checkpoint's beginning at offset 3, as an owner writes it. */
  function checkpoint(): readonly Commit[] {
    const begun = commit(0n, {
      inboxTaken: 4n,
      checkpoint: [{ type: 'CheckpointBegun', forgetBefore: 0 }],
      entries: a2,
    })
    const { state } = foldAll([...before, begun])
    const snapshots = [...state.runs.values()].map((run) => {
      const owed = state.outbox.filter(({ runId }) => runId === run.runId)
      const bytes = writeSnapshot(run, owed)
      return { type: 'RunSnapshot', runId: run.runId, part: 0, parts: 1, state: bytes } as const
    })
    const c1 = entries('c', [started()])
    return [
      begun,
      commit(0n, { inboxTaken: 4n, checkpoint: snapshots, entries: [...a3, ...c1] }),
      commit(0n, { inboxTaken: 6n, checkpoint: [{ type: 'CheckpointEnded', begun: 3n }] }),
    ]
  }

  const seqs = (state: PartitionState) => [...state.runs].map(([id, run]) => [id, run.seq]).sort()

  test('a fold from its beginning knows what a fold from the journal’s beginning knows', () => {
    const { state: full } = foldAll([...before, ...checkpoint()])
    const { state } = foldAll(checkpoint(), restoringPartition(home), 3n)
    expect(seqs(state)).toEqual(seqs(full))
    expect(state.outbox).toEqual(full.outbox)
    expect([state.epoch, state.inboxTaken, state.lastCheckpoint]).toEqual([0n, 6n, 3n])
    expect(state.isRestoring).toBe(false)
  })

  test('entries of a run that has no snapshot yet are ignored by such a fold', () => {
    const [begun] = checkpoint()
    const { state, accepted } = foldAll([begun!], restoringPartition(home), 3n)
    expect(accepted).toEqual([])
    expect(state.isRestoring).toBe(true)
  })

  test('a fence abandons it', () => {
    const [begun, snapshots] = checkpoint()
    const { state } = foldAll([
      ...before,
      begun!,
      fence('two'),
      { ...snapshots!, epoch: 4n },
      commit(4n, { checkpoint: [{ type: 'CheckpointEnded', begun: 3n }] }),
    ])
    expect(state.lastCheckpoint).toBe(-1n)
  })
})
