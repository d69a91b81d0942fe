import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { EntryBody } from '../../schemas/records.ts'
import { canonical } from '../testing/checker/canonical.ts'
import { entries, failure, json, started } from '../testing/entries.ts'
import { itemsOf, type Owed } from './outbox.ts'
import { applyEntry, startedRun, type RunState } from './run-state.ts'
import { readSnapshot, writeSnapshot } from './snapshot.ts'

const index = fc.nat(6)
const name = fc.constantFrom('read', 'write', 'approval', 'ünïcödé')
const value = fc.jsonValue({ maxDepth: 2 }).map(json)
const time = fc.integer({ min: 0, max: 2 ** 45 })
const text = fc.string({ maxLength: 12 })
const maybe = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: null })

const outcome = fc.oneof(
  fc.record({ status: fc.constant('completed' as const), output: value }),
  fc.record({
    status: fc.constantFrom('failed' as const, 'cancelled' as const),
    error: fc.record({ name, code: text, message: text, details: maybe(text) }),
  }),
)

/** Entries in any order: the state of a run is a function of them, whatever code they are of. */
const body: fc.Arbitrary<EntryBody> = fc.oneof(
  fc.record({
    ...{ type: fc.constant('StepCompleted' as const), index, name, attempt: fc.nat(9) },
    output: value,
  }),
  fc.record({
    ...{ type: fc.constant('StepFailed' as const), index, name, attempt: fc.nat(9) },
    ...{ error: fc.constant(failure), retryAt: maybe(time) },
  }),
  fc.record({ type: fc.constant('TimerSet' as const), index, name, dueAt: time }),
  fc.record({ type: fc.constant('TimerFired' as const), index }),
  fc.record({ type: fc.constant('WaitStarted' as const), index, name, dueAt: maybe(time) }),
  fc.record({
    type: fc.constant('SignalReceived' as const),
    messageId: text,
    name,
    payload: value,
  }),
  fc.record({
    ...{ type: fc.constant('CallRequested' as const), index, name, runId: text, input: value },
    ...{ detached: fc.boolean(), key: maybe(text) },
  }),
  fc.record({ type: fc.constant('CallCompleted' as const), index, outcome }),
  fc.record({ type: fc.constant('CallCancelled' as const), index, name, call: index }),
  fc.record({ type: fc.constant('CancelRequested' as const), messageId: text, reason: text }),
  fc.record({ type: fc.constant('Published' as const), index, name, key: text, payload: value }),
  fc.record({ type: fc.constant('RunContinued' as const), index, input: value }),
  fc.record({ type: fc.constant('RunParked' as const), error: fc.constant(failure) }),
)

const end: fc.Arbitrary<EntryBody> = fc.oneof(
  fc.record({ type: fc.constant('RunCompleted' as const), output: value }),
  fc.record({ type: fc.constant('RunFailed' as const), error: fc.constant(failure) }),
  fc.record({ type: fc.constant('RunCancelled' as const), error: fc.constant(failure) }),
)

test('a run comes back from its snapshot as it was, with all that it owes', () => {
  const bodies = fc.tuple(fc.array(body, { maxLength: 25 }), maybe(end))
  fc.assert(
    fc.property(bodies, ([some, last]) => {
      const [first, ...rest] = entries('a', [started(), ...some, ...(last === null ? [] : [last])])
      const run = startedRun(first!)
      const owed: Owed[] = []
      for (const entry of rest) {
        const items = itemsOf({ definition: 'review', partition: 1 }, run, entry)
        if (items.length > 0) owed.push({ offset: BigInt(entry.seq), index: 0, runId: 'a', items })
        applyEntry(run, entry)
      }
      run.owed = owed.length

      const read = readSnapshot(writeSnapshot(run, owed))

      expect(textOf(read)).toBe(textOf({ run, owed }))
    }),
    { numRuns: 60 },
  )
})

function textOf({ run, owed }: { readonly run: RunState; readonly owed: readonly Owed[] }): string {
  return canonical({ ...run, history: [...run.history.entries()], owed })
}
