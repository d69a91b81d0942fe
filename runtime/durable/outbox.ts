/**
 * What an accepted entry owes to other topics. Derived from the entry and its run alone, so every
 * owner sends the same records with the same ids, and receivers can drop the copies.
 */

import { assertNever } from '../assert-never.ts'
import type { Entry, Message, MessageBody, Outcome, Parent } from '../../schemas/records.ts'
import type { OutboxItem, OwedRecord, Placement } from '../../schemas/run-state-bytes.ts'
import type { OpenCall, RunState } from './run-state.ts'

/** The items of one entry: confirmed together, by the position of the entry in the journal. */
export interface Owed extends OwedRecord {
  readonly runId: string
}

/** Where the outbox belongs: the sender's definition and partition. */
export interface Home {
  readonly definition: string
  readonly partition: number
}

/** Items that an entry owes; `run` is the state before the entry. */
export function itemsOf(home: Home, run: RunState, entry: Entry): readonly OutboxItem[] {
  const { body } = entry
  switch (body.type) {
    case 'CallRequested': {
      const parent: Parent = { ...home, runId: run.runId, index: body.index }
      const start: MessageBody = {
        type: 'Start',
        version: null,
        input: body.input,
        parent: body.detached ? null : parent,
        root: body.detached ? body.runId : run.root,
      }
      const placement = { key: body.key ?? body.runId }
      return [
        message(body.name, placement, { id: idOf(home, entry), runId: body.runId, body: start }),
      ]
    }
    case 'CallCancelled': {
      const call = run.calls.get(body.call)
      return call === undefined
        ? []
        : [cancelOf(idOf(home, entry), call, 'cancelled by the caller')]
    }
    case 'CancelRequested':
      return cancelsOf(idOf(home, entry), run, body.reason)
    case 'RunContinued':
      return cancelsOf(idOf(home, entry), run, 'the caller continued as new')
    case 'Published': {
      const { name: topic, key, payload } = body
      return [{ kind: 'published', id: idOf(home, entry), topic, key, payload }]
    }
    case 'RunCompleted':
      return endOf(idOf(home, entry), run, entry.at, { status: 'completed', output: body.output })
    case 'RunFailed':
      return endOf(idOf(home, entry), run, entry.at, { status: 'failed', error: body.error })
    case 'RunCancelled':
      return endOf(idOf(home, entry), run, entry.at, { status: 'cancelled', error: body.error })
    case 'RunStarted':
    case 'RunParked':
    case 'RunResumed':
    case 'StepCompleted':
    case 'StepFailed':
    case 'TimerSet':
    case 'TimerFired':
    case 'WaitStarted':
    case 'SignalReceived':
    case 'CallCompleted':
      return []
    default:
      return assertNever(body)
  }
}

/** The same whenever the entry is folded. Most entries owe nothing, and need none. */
function idOf({ definition }: Home, { runId, seq }: Entry): string {
  return `${definition}/${runId}/${String(seq)}`
}

/** What a commit has added to the end of the outbox. */
export function owedSince(outbox: readonly Owed[], offset: bigint): readonly Owed[] {
  let first = outbox.length
  while (first > 0 && outbox[first - 1]?.offset === offset) first -= 1
  return outbox.slice(first)
}

/** The reply that tells a parent of the outcome. */
export function replyTo(parent: Parent, id: string, outcome: Outcome): OutboxItem {
  return message(
    parent.definition,
    { partition: parent.partition },
    { id, runId: parent.runId, body: { type: 'Reply', index: parent.index, outcome } },
  )
}

function endOf(id: string, run: RunState, at: number, outcome: Outcome): readonly OutboxItem[] {
  const endedAt = Math.max(run.at, at)
  const result: OutboxItem = { kind: 'result', runId: run.runId, endedAt, outcome }
  const replies = run.parent === null ? [] : [replyTo(run.parent, id, outcome)]
  return [result, ...replies, ...cancelsOf(id, run, 'the caller has ended')]
}

function cancelsOf(id: string, run: RunState, reason: string): readonly OutboxItem[] {
  return [...run.calls].map(([index, call]) => cancelOf(`${id}/${String(index)}`, call, reason))
}

function cancelOf(id: string, call: OpenCall, reason: string): OutboxItem {
  const placement = { key: call.key ?? call.runId }
  return message(call.name, placement, {
    id: `${id}/cancel`,
    runId: call.runId,
    body: { type: 'Cancel', reason },
  })
}

function message(definition: string, placement: Placement, content: Message): OutboxItem {
  return { kind: 'message', definition, placement, message: content }
}
