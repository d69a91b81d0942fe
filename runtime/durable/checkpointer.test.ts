import { expect, test } from 'vitest'
import type { CheckpointPart } from '../../schemas/records.ts'
import { commit, completed, completedStep, entries, fence, started } from '../testing/entries.ts'
import { Checkpointer } from './checkpointer.ts'
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
    checkpointer.decided(state, offset, parts)
  }
  return commits
}

function nameOf(part: CheckpointPart): string {
  if (part.type === 'RunSnapshot')
    return `${part.runId} ${String(part.part + 1)}/${String(part.parts)}`
  return part.type === 'CheckpointBegun' ? 'begun' : `ended ${String(part.begun)}`
}

test('one is taken when the journal has grown past the limit', () => {
  const checkpointer = new Checkpointer(settings)
  checkpointer.count(1_000)
  expect(checkpointer.isDue).toBe(false)
  checkpointer.count(1)
  expect(commitsOf(checkpointer, stateOf(small('a'), small('b')))).toEqual([
    ['begun'],
    ['a 1/1', 'b 1/1'],
    ['ended 2'],
  ])
  expect(checkpointer.isDue).toBe(false)
})

test('the next one is due after twice the state that was written', () => {
  const checkpointer = new Checkpointer(settings)
  checkpointer.count(2_000)
  commitsOf(checkpointer, stateOf(large('a')))
  checkpointer.count(10_000)
  expect(checkpointer.isDue).toBe(false)
  checkpointer.count(1_000)
  expect(checkpointer.isDue).toBe(true)
})

test('a large snapshot goes in pieces, in commits of its own, and holds its run meanwhile', () => {
  const checkpointer = new Checkpointer(settings)
  checkpointer.count(2_000)
  const state = stateOf(small('a'), large('b'), small('c'))
  checkpointer.decided(state, 2n, checkpointer.parts(state, 0))
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
  const checkpointer = new Checkpointer(settings)
  checkpointer.count(2_000)
  const state = stateOf(small('a'))
  checkpointer.decided(state, 2n, checkpointer.parts(state, 0))
  fold(state, 3n, commit(0n, { entries: entries('a', [completed('done')], 2) }))
  const [part] = checkpointer.parts(state, 0)
  expect(part?.type === 'RunSnapshot' && readSnapshot(Buffer.from(part.state)).run.status).toBe(
    'ended',
  )
})

test('an abandoned one begins again', () => {
  const checkpointer = new Checkpointer(settings)
  checkpointer.count(2_000)
  const state = stateOf(large('a'))
  checkpointer.decided(state, 2n, checkpointer.parts(state, 0))
  checkpointer.parts(state, 0)
  checkpointer.abandon()
  expect(checkpointer.heldRun).toBe(null)
  expect(checkpointer.parts(state, 0).map(nameOf)).toEqual(['begun'])
})
