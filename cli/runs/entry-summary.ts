/** An entry of a journal in a few words, without the payload. */

import { assertNever } from '../../runtime/assert-never.ts'
import { decodePayload } from '../../runtime/durable/payload.ts'
import type { EntryBody, Failure, Outcome } from '../../schemas/index.ts'

/** What an entry says beyond its type. */
export function summaryLine(body: EntryBody): string {
  switch (body.type) {
    case 'RunStarted': {
      const by =
        body.parent === null ? '' : `, called by ${body.parent.definition} ${body.parent.runId}`
      return `version ${body.version}${by}`
    }
    case 'RunContinued':
      return 'as new, its past shed'
    case 'StepCompleted':
      return `'${body.name}'${body.attempt === 1 ? '' : `, attempt ${body.attempt}`}`
    case 'StepFailed': {
      const next = body.retryAt === null ? '' : `, again at ${new Date(body.retryAt).toISOString()}`
      return `'${body.name}', attempt ${body.attempt}: ${failureText(body.error)}${next}`
    }
    case 'TimerSet':
      return `'${body.name}', due at ${new Date(body.dueAt).toISOString()}`
    case 'TimerFired':
      return `that of operation ${body.index}`
    case 'WaitStarted': {
      const until = body.dueAt === null ? '' : `, until ${new Date(body.dueAt).toISOString()}`
      return `for signal '${body.name}'${until}`
    }
    case 'SignalReceived':
      return `'${body.name}'`
    case 'CallRequested':
      return `'${body.name}', run ${body.runId}${body.detached ? ', not awaited' : ''}`
    case 'CallCompleted':
      return `that of operation ${body.index}: ${outcomeText(body.outcome)}`
    case 'CallCancelled':
      return `'${body.name}', that of operation ${body.call}`
    case 'CancelRequested':
      return body.reason
    case 'Published':
      return `to '${body.name}', key ${body.key}`
    case 'RunCompleted':
    case 'RunResumed':
      return ''
    case 'RunFailed':
    case 'RunCancelled':
    case 'RunParked':
      return failureText(body.error)
    default:
      return assertNever(body)
  }
}

/** The payload that an entry carries, or undefined when it carries none. */
export function payloadOf(body: EntryBody): unknown {
  switch (body.type) {
    case 'RunStarted':
    case 'RunContinued':
    case 'CallRequested':
      return decodePayload(body.input)
    case 'StepCompleted':
    case 'RunCompleted':
      return decodePayload(body.output)
    case 'SignalReceived':
    case 'Published':
      return decodePayload(body.payload)
    case 'CallCompleted':
      return body.outcome.status === 'completed' ? decodePayload(body.outcome.output) : undefined
    default:
      return undefined
  }
}

function outcomeText(outcome: Outcome): string {
  return outcome.status === 'completed'
    ? 'completed'
    : `${outcome.status}, ${failureText(outcome.error)}`
}

function failureText({ message, code }: Failure): string {
  return `${message} [${code}]`
}
