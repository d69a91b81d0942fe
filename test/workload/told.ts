/**
 * What those outside were told: clients their results, and runs their signals. The checker reads the
 * log; only the simulation knows who asked, and that every signal of it is one of a kind.
 */

import type { Violation } from '../../runtime/testing/checker/violation.ts'
import type { LogRecord } from '../../runtime/log/port.ts'
import type { Codec, RecordCodec } from '../../schemas/codec.ts'
import type { Result } from '../../schemas/records.ts'
import { definitionTopics } from '../../schemas/topics.ts'
import { Output } from './definitions.ts'
import type { OpenQuestion } from './clients.ts'

interface Told {
  readonly definition: string
  readonly timestamp: number
  readonly result: Result
}

export function checkTold(
  codec: Codec,
  definitions: readonly string[],
  records: readonly LogRecord[],
  open: Iterable<OpenQuestion>,
): readonly Violation[] {
  const results = definitions.flatMap((definition) =>
    records.flatMap(({ topic, value, timestamp }): readonly Told[] => {
      if (topic !== definitionTopics(definition).results || value === null) return []
      const result = decoded(codec.result, value)
      return result === null ? [] : [{ definition, timestamp, result }]
    }),
  )
  const started = new Set(
    messages(codec, records).flatMap(({ topic, message }) =>
      message.body.type === 'Start' ? [`${topic} ${message.runId}`] : [],
    ),
  )
  return [
    ...unanswered(results, started, open),
    ...heardWrongly(results, signalsOf(codec, records)),
  ]
}

/** Clients that asked for a result before it was written, or that never comes, and were never told. */
function unanswered(
  results: readonly Told[],
  started: ReadonlySet<string>,
  open: Iterable<OpenQuestion>,
): readonly Violation[] {
  return [...open].flatMap(({ definition, runId, askedAt }) => {
    const isTold = (told: Told) =>
      told.definition === definition && told.result.runId === runId && told.timestamp > askedAt
    const message = `a client that asked for run ${runId} of ${definition} was never answered`
    const isNobody = !started.has(`${definitionTopics(definition).inbox} ${runId}`)
    return isNobody || results.some(isTold) ? [{ rule: 'J9' as const, message }] : []
  })
}

/** Signals that a run says it was given twice, or that nobody sent to it. */
function heardWrongly(results: readonly Told[], sent: ReadonlySet<string>): readonly Violation[] {
  return results.flatMap(({ result: { runId, outcome } }) => {
    if (outcome.status !== 'completed') return []
    const output = Output.parse(JSON.parse(Buffer.from(outcome.output).toString()))
    const signals = output.heard.filter((heard) => heard.includes('{'))
    return signals.flatMap((heard, index): readonly Violation[] => {
      if (signals.indexOf(heard) < index) {
        return [{ rule: 'J6', message: `run ${runId} was given the signal ${heard} twice` }]
      }
      return sent.has(`${runId} ${heard}`)
        ? []
        : [{ rule: 'J6', message: `run ${runId} was given the signal ${heard}, which nobody sent` }]
    })
  })
}

function signalsOf(codec: Codec, records: readonly LogRecord[]): ReadonlySet<string> {
  const sent = new Set<string>()
  for (const { message } of messages(codec, records)) {
    if (message.body.type !== 'Signal') continue
    const { name, payload } = message.body
    sent.add(`${message.runId} ${name} ${Buffer.from(payload).toString()}`)
  }
  return sent
}

function messages(codec: Codec, records: readonly LogRecord[]) {
  return records.flatMap(({ topic, value }) => {
    const isOfInbox = topic.endsWith('.inbox') && value !== null
    const message = isOfInbox ? decoded(codec.message, value) : null
    return message === null ? [] : [{ topic, message }]
  })
}

/** Null when it is not ours. */
function decoded<T>(codec: RecordCodec<T>, value: Uint8Array): T | null {
  try {
    const record = codec.decode(value)
    return record instanceof Promise ? null : record
  } catch {
    return null
  }
}
