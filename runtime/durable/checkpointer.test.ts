import { expect, test } from 'vitest'
import type { CheckpointPart } from '../../schemas/records.ts'
import { commit, completed, completedStep, entries, fence, started } from '../testing/entries.ts'
import { Checkpointer, sizeOfParts } from './checkpointer.ts'
import { emptyPartition, fold, type PartitionState } from './fold.ts'
import { defaultSettings } from './kernel.ts'
import { readSnapshot } from './snapshot.ts'

const settings = { ...defaultSettings, checkpointBytes: 1_000, commitBytes: 3_000 }

function stateOf(...lists: readonly ReturnType<typeof entries>[]): PartitionState {
  const state = emptyPartition({ definition: 'review', partition: 0 })
  fold(state, 0n, fence('one'))
  fold(state, 1n, commit(0n, { entries: lists.flat() }))
  return state
}

const small = (runId: string) => entries(runId, [started()])
const large = (runId: string) =>
  entries(runId, [started(), completedStep(0, 'x', 'x'.repeat(5_000))])

/** The parts of every commit, each decided before the next is built. */
function commitsOf(checkpointer: Checkpointer, state: PartitionState): readonly string[][] {
  const commits: string[][] = []
  for (let offset = 2n; checkpointer.isDue && commits.length < 20; offset += 1n) {
    const parts = checkpointer.parts(state, 50_000)
    commits.push(parts.map(nameOf))
    checkpointer.folding(state, commit(0n, { checkpoint: parts }), sizeOfParts(parts))
    checkpointer.decided(state, offset, parts)
  }
  return commits
}

function nameOf(part: CheckpointPart): string {
  if (part.type === 'RunSnapshot')
    return `${part.runId} ${String(part.part + 1)}/${String(part.parts)}`
  return part.type === 'CheckpointBegun' ? 'begun' : `ended ${String(part.begun)}`
}

/** One for which so much has been written. */
function after(bytes: number, state: PartitionState): Checkpointer {
  const checkpointer = new Checkpointer(settings)
  checkpointer.folding(state, commit(0n), bytes)
  return checkpointer
}

test('the first is taken when the journal has grown past the limit', () => {
  const state = stateOf(small('a'), small('b'))
  expect(after(1_000, state).isDue).toBe(false)
  const checkpointer = after(1_001, state)
  expect(commitsOf(checkpointer, state)).toEqual([['begun'], ['a 1/1', 'b 1/1'], ['ended 2']])
  expect(checkpointer.isDue).toBe(false)
})

test('the next is due after the limit and four times the state', () => {
  const state = stateOf(large('a'))
  const checkpointer = after(2_000, state)
  commitsOf(checkpointer, state)
  checkpointer.folding(state, commit(0n), 16_000)
  expect(checkpointer.isDue).toBe(false)
  checkpointer.folding(state, commit(0n), 8_000)
  expect(checkpointer.isDue).toBe(true)
})

test('runs that have ended count nine times, with their outcomes: each is written again and again', () => {
  const output = 'x'.repeat(5_000)
  const state = stateOf(entries('a', [started(), completed(output)]))
  const checkpointer = after(2_000, state)
  commitsOf(checkpointer, state)
  checkpointer.folding(state, commit(0n), 60_000)
  expect(checkpointer.isDue).toBe(false)
  checkpointer.folding(state, commit(0n), 10_000)
  expect(checkpointer.isDue).toBe(true)
})

test('what the state was does not count when its runs have ended', () => {
  const state = stateOf(large('a'))
  const checkpointer = after(2_000, state)
  commitsOf(checkpointer, state)
  const step = commit(0n, {
    entries: entries('a', [completedStep(1, 'y', 'y'.repeat(8_000))], 3),
  })
  checkpointer.folding(state, step, 8_100)
  fold(state, 5n, step)
  expect(checkpointer.isDue).toBe(false)
  const end = commit(0n, { entries: entries('a', [completed('done')], 4) })
  checkpointer.folding(state, end, 100)
  expect(checkpointer.isDue).toBe(true)
})

test('snapshots do not bring the next checkpoint about', () => {
  const state = stateOf(small('a'))
  const checkpointer = after(2_000, state)
  commitsOf(checkpointer, state)
  const snapshot = { type: 'RunSnapshot', runId: 'a', part: 0, parts: 1 } as const
  const checkpoint = [{ ...snapshot, state: Buffer.alloc(50_000) }]
  checkpointer.folding(state, commit(0n, { checkpoint }), 50_100)
  expect(checkpointer.isDue).toBe(false)
})

test('what a new owner has read counts', () => {
  const checkpointer = new Checkpointer(settings)
  checkpointer.count(commit(0n), 4_000)
  checkpointer.restored(stateOf(small('a')))
  expect(checkpointer.isDue).toBe(true)
})

test('a new owner goes by the snapshots of the checkpoint that is complete', () => {
  const state = stateOf(large('a'))
  const snapshot = { type: 'RunSnapshot', runId: 'a', part: 0, parts: 1 } as const
  const whole = [
    { type: 'CheckpointBegun', forgetBefore: 0 } as const,
    { ...snapshot, state: Buffer.alloc(1_000) },
    { type: 'CheckpointEnded', begun: 0n } as const,
  ]
  const torn = [
    { type: 'CheckpointBegun', forgetBefore: 0 } as const,
    { ...snapshot, state: Buffer.alloc(90_000) },
  ]
  const checkpointer = new Checkpointer(settings)
  checkpointer.count(commit(0n, { checkpoint: whole }), 1_100)
  checkpointer.count(commit(0n), 20_000)
  checkpointer.count(commit(0n, { checkpoint: torn }), 90_100)
  checkpointer.restored(state)
  expect(checkpointer.isDue).toBe(true)
})

test('what is written while one is taken may bring the next about', () => {
  const state = stateOf(small('a'))
  const checkpointer = after(2_000, state)
  for (let offset = 2n; offset < 5n; offset += 1n) {
    const checkpoint = checkpointer.parts(state, 0)
    checkpointer.folding(state, commit(0n, { checkpoint }), 10_000)
    checkpointer.decided(state, offset, checkpoint)
  }
  expect(checkpointer.parts(state, 0).map(nameOf)).toEqual(['begun'])
})

test('a large snapshot goes in pieces, in commits of its own, and holds its run meanwhile', () => {
  const state = stateOf(small('a'), large('b'), small('c'))
  const checkpointer = after(20_000, state)
  const checkpoint = checkpointer.parts(state, 0)
  checkpointer.folding(state, commit(0n, { checkpoint }), 100)
  checkpointer.decided(state, 2n, checkpoint)
  expect(checkpointer.parts(state, 0).map(nameOf)).toEqual(['a 1/1'])
  expect(checkpointer.heldRun).toBe(null)
  const pieces = [checkpointer.parts(state, 0), checkpointer.parts(state, 0)]
  expect(checkpointer.heldRun).toBe('b')
  pieces.push(checkpointer.parts(state, 0))
  expect(checkpointer.heldRun).toBe(null)
  expect(pieces.flat().map(nameOf)).toEqual(['b 1/3', 'b 2/3', 'b 3/3'])
  const bytes = pieces.flat().flatMap((part) => (part.type === 'RunSnapshot' ? [part.state] : []))
  expect(readSnapshot(Buffer.concat(bytes)).run.seq).toBe(2)
  expect(commitsOf(checkpointer, state)).toEqual([['c 1/1'], ['ended 2']])
})

test('a run that ends before its snapshot is written still gets one', () => {
  const state = stateOf(small('a'))
  const checkpointer = after(20_000, state)
  checkpointer.decided(state, 2n, checkpointer.parts(state, 0))
  fold(state, 3n, commit(0n, { entries: entries('a', [completed('done')], 2) }))
  const [part] = checkpointer.parts(state, 0)
  expect(part?.type === 'RunSnapshot' && readSnapshot(Buffer.from(part.state)).run.status).toBe(
    'ended',
  )
})

test('an abandoned one begins again', () => {
  const state = stateOf(large('a'))
  const checkpointer = after(20_000, state)
  checkpointer.decided(state, 2n, checkpointer.parts(state, 0))
  checkpointer.parts(state, 0)
  checkpointer.abandon()
  expect(checkpointer.heldRun).toBe(null)
  expect(checkpointer.parts(state, 0).map(nameOf)).toEqual(['begun'])
})
