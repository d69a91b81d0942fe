/** What an accepted entry owes to other topics, as the architecture has it. */

import { definitionTopics } from '../../../schemas/topics.ts'
import type { Entry, Message, MessageBody, Outcome } from '../../../schemas/records.ts'
import { canonical } from './canonical.ts'
import type { ModelRun } from './model-run.ts'

export interface Owed {
  readonly kind: 'message' | 'result' | 'published'
  readonly topic: string
  /** The same in every copy. */
  readonly id: string
  /** What places it, or null when the partition is given. */
  readonly key: string | null
  readonly partition: number | null
  /** The run that it cancels. */
  readonly cancels: { readonly definition: string; readonly runId: string } | null
  /** Canonical text of what a copy must say. */
  readonly content: string
}

export interface Origin {
  readonly definition: string
  readonly partition: number
}

/** @param run before the entry */
export function owedBy(origin: Origin, run: ModelRun, entry: Entry): readonly Owed[] {
  const { body, runId, seq } = entry
  const id = `${origin.definition}/${runId}/${String(seq)}`
  const cancels = () =>
    [...run.calls].map(([index]) => cancelOf(run, index, `${id}/${String(index)}`, reasonOf(entry)))
  switch (body.type) {
    case 'CallRequested': {
      const { index, input, detached, key, name } = body
      const parent = detached ? null : { ...origin, runId, index }
      const root = detached ? body.runId : run.root
      const start: MessageBody = { type: 'Start', version: null, input, parent, root }
      return [message(name, { key: key ?? body.runId }, { id, runId: body.runId, body: start })]
    }
    case 'CallCancelled':
      return run.calls.has(body.call)
        ? [cancelOf(run, body.call, id, 'cancelled by the caller')]
        : []
    case 'Published': {
      const content = publishedContent(body.key, body.payload)
      return [
        {
          kind: 'published',
          topic: body.name,
          id,
          key: body.key,
          partition: null,
          cancels: null,
          content,
        },
      ]
    }
    case 'CancelRequested':
    case 'RunContinued':
      return cancels()
    case 'RunCompleted':
      return [
        ...ended(origin, run, entry, { status: 'completed', output: body.output }),
        ...cancels(),
      ]
    case 'RunFailed':
      return [...ended(origin, run, entry, { status: 'failed', error: body.error }), ...cancels()]
    case 'RunCancelled':
      return [
        ...ended(origin, run, entry, { status: 'cancelled', error: body.error }),
        ...cancels(),
      ]
    default:
      return []
  }
}

export function messageContent({ runId, body }: Message): string {
  return canonical({ runId, body })
}

export function resultContent(endedAt: number, outcome: Outcome): string {
  return canonical({ endedAt, outcome: plain(outcome) })
}

export function publishedContent(key: string | null, payload: Uint8Array): string {
  return canonical({ key, payload })
}

function ended(origin: Origin, run: ModelRun, entry: Entry, outcome: Outcome): readonly Owed[] {
  const { runId, seq } = entry
  const { definition, partition } = origin
  const topic = definitionTopics(definition).results
  const content = resultContent(Math.max(run.at, entry.at), outcome)
  const result: Owed = {
    ...{ kind: 'result', topic, id: runId, key: null, partition, cancels: null, content },
  }
  if (run.parent === null) return [result]
  const { parent } = run
  const body: MessageBody = { type: 'Reply', index: parent.index, outcome: plain(outcome) }
  const id = `${definition}/${runId}/${String(seq)}`
  return [
    result,
    message(parent.definition, { partition: parent.partition }, { id, runId: parent.runId, body }),
  ]
}

function cancelOf(run: ModelRun, index: number, id: string, reason: string): Owed {
  const call = run.calls.get(index)
  if (call === undefined) throw new Error(`run ${run.runId} has no open call ${String(index)}`)
  const body: MessageBody = { type: 'Cancel', reason }
  return message(
    call.name,
    { key: call.key ?? call.runId },
    { id: `${id}/cancel`, runId: call.runId, body },
  )
}

function reasonOf({ body }: Entry): string {
  if (body.type === 'CancelRequested') return body.reason
  return body.type === 'RunContinued' ? 'the caller continued as new' : 'the caller has ended'
}

function message(
  definition: string,
  place: { readonly key: string } | { readonly partition: number },
  sent: Message,
): Owed {
  return {
    kind: 'message',
    topic: definitionTopics(definition).inbox,
    id: sent.id,
    key: 'key' in place ? place.key : null,
    partition: 'partition' in place ? place.partition : null,
    cancels: sent.body.type === 'Cancel' ? { definition, runId: sent.runId } : null,
    content: messageContent(sent),
  }
}

/** An outcome has an output or an error; decoded ones may carry the other as null. */
function plain(outcome: Outcome): Outcome {
  return outcome.status === 'completed'
    ? { status: outcome.status, output: outcome.output }
    : { status: outcome.status, error: outcome.error }
}
