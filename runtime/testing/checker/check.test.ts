/** Each invariant broken by hand in a log that is sound otherwise. */

import { expect, test } from 'vitest'
import { createCodec, memorySchemaStore } from '../../../schemas/codec.ts'
import type { Commit, EntryBody, Message, Result } from '../../../schemas/records.ts'
import { applyEntry, startedRun } from '../../durable/run-state.ts'
import { writeSnapshot } from '../../durable/snapshot.ts'
import type { LogRecord } from '../../log/port.ts'
import {
  call,
  commit,
  completed,
  completedStep,
  entries,
  failedStep,
  failure,
  fence,
  json,
  started,
  wait,
} from '../entries.ts'
import { check } from './check.ts'
import type { Effect, Evidence } from './evidence.ts'

const codec = await createCodec(memorySchemaStore())

/** A record at a second of the log's time. */
function record(topic: string, offset: number, value: Buffer, second: number): LogRecord {
  const source = topic === 'review.inbox' ? 'client' : 'review'
  const headers = { ce_source: source }
  return {
    topic,
    partition: 0,
    offset: BigInt(offset),
    key: null,
    value,
    headers,
    timestamp: second,
  }
}

const journal = (commits: readonly Commit[], seconds: readonly number[] = []) =>
  commits.map((each, offset) =>
    record('review.journal', offset, codec.commit.encode(each), seconds[offset] ?? 10 * offset),
  )

const inbox = (...messages: readonly Message[]) =>
  messages.map((each, offset) => record('review.inbox', offset, codec.message.encode(each), 1))

const result = (value: Result, second: number) =>
  record('review.results', 0, codec.result.encode(value), second)

const start: Message = {
  ...{ id: 'start', runId: 'a' },
  body: { type: 'Start', version: null, input: json(null), parent: null, root: 'root' },
}

const body: Effect = {
  ...{ definition: 'review', runId: 'a', step: 'read', idempotencyKey: 'a/0/read', attempt: 1 },
  ...{ incarnation: 'one', begunAt: 12, begunAtOwn: 12, endedAt: 13, output: '1', saw: [] },
}

const run = (...bodies: readonly EntryBody[]) => entries('a', [started(null), ...bodies])
const [startedA, readA, completedA] = run(completedStep(0, 'read', 1), completed('done'))
const ended = {
  runId: 'a',
  endedAt: completedA!.at,
  outcome: { status: 'completed', output: json('done') },
} as const

/** A run that reads, completes, and whose result is confirmed. */
const sound = {
  commits: [
    fence('one'),
    commit(0n, { inboxTaken: 0n, entries: [startedA!] }),
    commit(0n, { inboxTaken: 0n, entries: [readA!] }),
    commit(0n, { inboxTaken: 0n, entries: [completedA!] }),
    commit(0n, { inboxTaken: 0n, outboxConfirmed: { offset: 3n, index: 0 } }),
  ],
  others: [...inbox(start), result(ended, 35)],
  effects: [body],
}

async function broken(
  commits: readonly Commit[],
  more: Partial<Evidence> & {
    readonly others?: readonly LogRecord[]
    readonly seconds?: readonly number[]
  } = {},
): Promise<readonly string[]> {
  const { others = sound.others, seconds, ...evidence } = more
  const records = [...journal(commits, seconds), ...others]
  const { violations } = await check(codec, {
    ...{
      definitions: ['review'],
      records,
      effects: sound.effects,
      hasExactTimes: true,
      quietAt: 1e13,
    },
    ...evidence,
  })
  return violations.map(({ rule, message }) => `${rule} ${message}`)
}

function changed(offset: number, to: Partial<Commit>): readonly Commit[] {
  return sound.commits.map((each, at) => (at === offset ? { ...each, ...to } : each))
}

test('a sound log has no violation', async () => {
  expect(await broken(sound.commits)).toEqual([])
})

test('J1: a run whose seq has a gap, and a commit of an epoch that is yet to come', async () => {
  const gap = changed(2, { entries: [{ ...readA!, seq: 3 }] })
  expect(await broken(gap)).toContainEqual(
    'J1 review.journal[0]@2, run a, seq 3: StepCompleted where seq 2 comes next',
  )
  expect(await broken(changed(2, { epoch: 9n }))).toContainEqual(
    'J1 review.journal[0]@2: epoch 9 is later than the fence in force, 0',
  )
})

test('J2: a result that was there before its entry was', async () => {
  const others = [...inbox(start), result(ended, 25)]
  expect(await broken(sound.commits, { others })).toContainEqual(
    expect.stringMatching(
      /^J2 review.results\[0\]@0: result a .* was sent before that was decided/,
    ),
  )
})

test('J3: a result that is not the outcome, and an entry after the end', async () => {
  const wrong = { ...ended, outcome: { status: 'completed', output: json('else') } } as const
  const others = [...inbox(start), result(wrong, 35)]
  expect(await broken(sound.commits, { others })).toContainEqual(
    'J3 review.results[0]@0: the result of run a is not the outcome in its journal',
  )
  const late = changed(4, { entries: entries('a', [completedStep(1, 'write')], 4) })
  expect(await broken(late)).toContainEqual(
    'J3 review.journal[0]@4, run a, seq 4: StepCompleted after the run ended at review.journal[0]@3',
  )
})

test('J4: a journal with a hole', async () => {
  const records = [...journal(sound.commits), ...sound.others].filter(
    ({ topic, offset }) => topic !== 'review.journal' || offset !== 2n,
  )
  const { violations } = await check(codec, { definitions: ['review'], records, effects: [body] })
  expect(violations).toContainEqual({
    ...{ rule: 'J4', message: 'review.journal[0]@3: the journal has a hole from 2' },
  })
})

test('J5: an outcome that no body returned, and a step repeated by an owner that has read it', async () => {
  const effects = [{ ...body, output: '2' }]
  expect(await broken(sound.commits, { effects })).toContainEqual(
    "J5 review.journal[0]@2, run a: attempt 1 of step 'read' is recorded as 1, which no body returned",
  )
  const two = [...sound.commits.slice(0, 3), fence('two')]
  const again = { ...body, incarnation: 'two', begunAt: 40, begunAtOwn: 40 }
  const others = inbox(start)
  expect(await broken(two, { others, effects: [body, again] })).toContainEqual(
    expect.stringMatching(
      /^J5 run a: step 'read' ran again at 40 under the fence review.journal\[0\]@3/,
    ),
  )
})

test('J6: a position that passes a message of which nothing was made', async () => {
  const signal: Message = {
    ...{ id: 's', runId: 'a' },
    body: { type: 'Signal', name: 'approval', payload: json(true) },
  }
  const others = [...inbox(start, signal), result(ended, 35)]
  expect(await broken(changed(1, { inboxTaken: 1n }), { others })).toContainEqual(
    'J6 review.journal[0]@1: the position passes Signal s at review.inbox[0]@1: run a is live and has no entry for it',
  )
})

test('J7: a call that was never sent, or was confirmed before it was', async () => {
  const calling = changed(2, { entries: run(call(0, 'a/0')).slice(1) })
  expect(await broken(calling.slice(0, 3), { others: inbox(start) })).toContainEqual(
    'J7 message review/a/2 owed by review.journal[0]@2, run a was never sent',
  )
  const hasty = changed(3, { entries: [completedA!], outboxConfirmed: { offset: 2n, index: 0 } })
  const { entries: calls } = calling[2]!
  expect(
    await broken(hasty.map((each, at) => (at === 2 ? { ...each, entries: calls } : each))),
  ).toContainEqual(
    expect.stringMatching(
      /^J7 review.journal\[0\]@3: confirms message review\/a\/2 .*, which had not been sent/,
    ),
  )
})

test('J8: a timer that fires before it is due', async () => {
  const [, set, fired] = run(
    { type: 'TimerSet', index: 0, name: 'sleep', dueAt: 9e12 },
    { type: 'TimerFired', index: 0 },
  )
  expect(await broken(changed(2, { entries: [set!, fired!] }).slice(0, 3))).toContainEqual(
    expect.stringMatching(
      /^J8 review.journal\[0\]@2, run a, seq 3: timer 0 fires at 1003000, before it is due/,
    ),
  )
})

test('J8: an attempt before it is due, unless its process cannot have known of the failure', async () => {
  const [, failed] = run(failedStep(0, 'read', 1, 9e12))
  const commits = [
    fence('other'),
    fence('one'),
    commit(1n, { inboxTaken: 0n, entries: [startedA!] }),
    commit(1n, { inboxTaken: 0n, entries: [failed!] }),
  ]
  const early = { ...body, attempt: 2, begunAt: 40, begunAtOwn: 40, output: null }
  const found = async (incarnation: string) =>
    broken(commits, { effects: [body, { ...early, incarnation }], others: inbox(start) })
  expect(await found('one')).toContainEqual(
    "J8 run a: attempt 2 of step 'read' began at 40, before 9000000000000",
  )
  expect(await found('other')).not.toContainEqual(expect.stringMatching(/^J8/))
})

test('J9: a run that waits for nothing that its journal names', async () => {
  const stuck = await broken(sound.commits.slice(0, 3), { others: inbox(start) })
  expect(stuck).toEqual([
    'J9 run a is stuck after StepCompleted at review.journal[0]@2: it waits for nothing that its journal names',
  ])
})

test('J10: a message that no accepted entry owes, and a journal trimmed too far', async () => {
  const reply: Message = {
    ...{ id: 'scan/b/4', runId: 'a' },
    body: { type: 'Reply', index: 0, outcome: ended.outcome },
  }
  const forged = { ...inbox(start, reply)[1]!, headers: { ce_source: 'scan' } }
  const others = [...inbox(start), forged, result(ended, 35)]
  expect(await broken(sound.commits, { others })).toContainEqual(
    'J10 review.inbox[0]@1: review.inbox scan/b/4 is there, and no accepted entry owes it',
  )
  expect(await broken(sound.commits, { lows: new Map([['review.journal/0', 2n]]) })).toEqual([
    'J10 review.journal[0] begins at 2, which is not the beginning of a complete checkpoint',
  ])
})

test('J3, J6, J10: a question for a run that is not known, answered wrongly or not at all', async () => {
  const question = (runId: string): Message => ({ id: 'q', runId, body: { type: 'Attach' } })
  const error = { ...failure, code: 'RUN_NOT_FOUND' }
  const refusal = { runId: 'q/answer', endedAt: 1, outcome: { status: 'failed', error } } as const
  const taken = sound.commits.with(4, { ...sound.commits[4]!, inboxTaken: 1n })
  const asked = (runId: string, ...answers: readonly Result[]) =>
    broken(taken, {
      others: [
        ...inbox(start, question(runId)),
        result(ended, 35),
        ...answers.map((answer, index) => ({ ...result(answer, 36), offset: BigInt(1 + index) })),
      ],
    })
  expect(await asked('nobody', refusal, refusal)).toEqual([])
  expect(await asked('nobody')).toEqual([
    'J6 review.journal[0]@4: the position passes Attach q at review.inbox[0]@1: run nobody has not started, and nobody was told',
  ])
  expect(await asked('a', refusal)).toContainEqual(
    'J10 review.results[0]@1: run a is said not to be known, and had been started',
  )
  expect(await asked('nobody', { ...refusal, outcome: ended.outcome })).toEqual([
    'J3 review.results[0]@1: a question is answered with an outcome',
  ])
  expect(await asked('nobody', refusal, { ...refusal, endedAt: 2 })).toEqual([
    'J3 review.results[0]@2: the answer differs in its bytes from review.results[0]@1',
  ])
  const answered = [refusal, refusal].map((each, index) => ({
    ...result(each, 36 + index),
    offset: BigInt(1 + index),
  }))
  const twice = sound.commits.with(4, { ...sound.commits[4]!, inboxTaken: 2n })
  const copied = [...inbox(start, question('nobody'), question('nobody')), result(ended, 35)]
  expect(await broken(twice, { others: [...copied, ...answered] })).toEqual([])
  const told = { definition: 'review', runId: 'b', status: 'unknown', output: null } as const
  expect(await broken(sound.commits, { answers: [told] })).toEqual([
    'J3 a client was told that run b of review is not known, which nobody said',
  ])
})

test('J4: a checkpoint that gives another state than the journal before it', async () => {
  const checkpointed = (...seen: readonly EntryBody[]) => {
    const state = startedRun(startedA!)
    for (const next of run(...seen).slice(1)) applyEntry(state, next)
    const snapshot = { type: 'RunSnapshot', runId: 'a', part: 0, parts: 1 } as const
    return [
      ...sound.commits.slice(0, 3),
      commit(0n, { checkpoint: [{ type: 'CheckpointBegun', forgetBefore: 0 }] }),
      commit(0n, { checkpoint: [{ ...snapshot, state: writeSnapshot(state, []) }] }),
      commit(0n, { inboxTaken: 0n, checkpoint: [{ type: 'CheckpointEnded', begun: 3n }] }),
      commit(0n, { inboxTaken: 0n, entries: [completedA!] }),
    ]
  }
  const others = [...inbox(start), result(ended, 65)]
  expect(await broken(checkpointed(completedStep(0, 'read', 1)), { others })).toEqual([])
  expect(await broken(checkpointed(completedStep(0, 'read', 2)), { others })).toEqual([
    expect.stringMatching(
      /^J4 review.journal\[0\]@5: folding from the checkpoint at 3 gives another state than .*/,
    ),
  ])
})

test('J7, J9, J10: a cancellation that comes before the start, or that its run does not heed', async () => {
  const bodies = run(call(0, 'a/0'), { type: 'CallCancelled', index: 1, name: 'scan', call: 0 })
  const sent = (offset: number, message: Message) => ({
    ...record('scan.inbox', offset, codec.message.encode(message), 25 + offset),
    headers: { ce_source: 'review' },
  })
  const parent = { definition: 'review', partition: 0, runId: 'a', index: 0 }
  const begin: Message = {
    ...{ id: 'review/a/2', runId: 'a/0' },
    body: { type: 'Start', version: null, input: json(null), parent, root: 'root' },
  }
  const cancel: Message = {
    ...{ id: 'review/a/3/cancel', runId: 'a/0' },
    body: { type: 'Cancel', reason: 'cancelled by the caller' },
  }
  const child = (...more: readonly EntryBody[]) => {
    const start: EntryBody = {
      ...{ type: 'RunStarted', messageId: 'review/a/2', version: '1', input: json(null) },
      ...{ parent, root: 'root', traceparent: null },
    }
    const commits = [
      fence('two'),
      commit(0n, { inboxTaken: 0n, entries: entries('a/0', [start, wait(0, 'approval')]) }),
      commit(0n, { inboxTaken: 1n, entries: entries('a/0', more, 3) }),
    ]
    return commits.map((each, offset) =>
      record('scan.journal', offset, codec.commit.encode(each), 30 + 10 * offset),
    )
  }
  const buried = record(
    ...(['dead-letters', 0] as const),
    codec.deadLetter.encode({
      ...{ topic: 'scan.inbox', partition: 0, offset: 1n, at: 1, code: 'RUN_NOT_FOUND' },
      ...{ cause: 'Cancel for run a/0, which is not known here', key: null, value: null },
    }),
    45,
  )
  const caller = changed(2, { entries: bodies.slice(1) }).slice(0, 3)
  const checked = (...others: readonly LogRecord[]) =>
    broken(caller, { definitions: ['review', 'scan'], others: [...inbox(start), ...others] })

  const heeded: EntryBody = {
    ...{
      type: 'CancelRequested',
      messageId: 'review/a/3/cancel',
      reason: 'cancelled by the caller',
    },
  }
  const both = [sent(0, begin), sent(1, cancel)]
  const neither =
    'J9 review.journal[0]@2, run a: cancels run a/0 of scan, which is neither cancelled nor ended'
  expect(await checked(...both, ...child(heeded))).not.toContainEqual(neither)
  expect(await checked(...both, buried, ...child())).toEqual([
    'J10 dead-letters[0]@0: run a/0 is said not to be known, and had been started',
    neither,
  ])
  expect(await checked(sent(0, cancel), sent(1, begin), ...child())).toContainEqual(
    'J7 scan.inbox[0]@0: the cancellation of run a/0 comes before its start',
  )
})
