/** What becomes of a message of the inbox, decided from the fold and what is queued for it. */

import { assertNever } from '../assert-never.ts'
import type { ErrorCode } from '../errors.ts'
import type { Entry, EntryBody, Message, Outcome, Parent } from '../../schemas/records.ts'
import { decodePayload, faultOf } from './payload.ts'
import type { AnyWorkflow } from './definition.ts'
import { isTerminal, type RunState } from './run-state.ts'

export type Intake =
  | { readonly verdict: 'enter'; readonly body: EntryBody }
  | { readonly verdict: 'drop' }
  /** The run has ended: its recorded outcome is to be sent once more. */
  | { readonly verdict: 'answer'; readonly outcome: Outcome; readonly parent: Parent | null }
  /** It asks for the result of a run that has not started. */
  | { readonly verdict: 'refuse' }
  | { readonly verdict: 'bury'; readonly code: ErrorCode; readonly cause: string }

const drop: Intake = { verdict: 'drop' }

/** What answers a message goes by: derived from it, so that copies are told from other records. */
export function answerId(messageId: string): string {
  return `${messageId}/answer`
}

/** What is asked of the definition that a message is for. */
export interface Understanding {
  /** Of new runs. */
  readonly version: string
  /** Those of the run's version; undefined when it is served elsewhere, where they are checked. */
  readonly signals: AnyWorkflow['signals'] | undefined
}

/**
 * @param run the run as folded, or undefined
 * @param queued the run's entries that are not decided yet
 */
export function takeIn(
  definition: Understanding,
  message: Message,
  traceparent: string | null,
  run: RunState | undefined,
  queued: readonly Entry[],
): Intake {
  const { body } = message
  if (body.type === 'Start') {
    if (run !== undefined && run.outcome !== null) {
      return { verdict: 'answer', outcome: run.outcome, parent: body.parent }
    }
    if (run !== undefined || queued.length > 0) return drop
    const { input, parent, root } = body
    const version = body.version ?? definition.version
    const started = { messageId: message.id, version, input, parent, root, traceparent }
    return { verdict: 'enter', body: { type: 'RunStarted', ...started } }
  }
  if (run === undefined && queued.length === 0) {
    if (body.type === 'Attach') return { verdict: 'refuse' }
    const cause = `${body.type} for run ${message.runId}, which is not known here`
    return { verdict: 'bury', code: 'RUN_NOT_FOUND', cause }
  }
  if (body.type === 'Attach') {
    return run === undefined || run.outcome === null
      ? drop
      : { verdict: 'answer', outcome: run.outcome, parent: null }
  }
  const soon = outlook(queued, message.id)
  if (run?.status === 'ended' || soon.hasEnded) return drop
  if (run?.seen.includes(message.id) === true || soon.hasSeen) return drop
  switch (body.type) {
    case 'Signal': {
      const { name, payload } = body
      const cause = signalFault(definition.signals, name, payload)
      if (cause !== null) return { verdict: 'bury', code: 'SIGNAL_INVALID', cause }
      const entry: EntryBody = { type: 'SignalReceived', messageId: message.id, name, payload }
      return { verdict: 'enter', body: entry }
    }
    case 'Reply':
      return run?.calls.has(body.index) === true && !soon.replies.has(body.index)
        ? {
            verdict: 'enter',
            body: { type: 'CallCompleted', index: body.index, outcome: body.outcome },
          }
        : drop
    case 'Cancel': {
      if (run?.cancelReason != null || soon.isCancelled) return drop
      const entry: EntryBody = {
        type: 'CancelRequested',
        messageId: message.id,
        reason: body.reason,
      }
      return { verdict: 'enter', body: entry }
    }
    case 'Resume':
      return (soon.isParked ?? run?.status === 'parked')
        ? { verdict: 'enter', body: { type: 'RunResumed', messageId: message.id } }
        : drop
    default:
      return assertNever(body)
  }
}

/** What will be known of a run once its queued entries have been folded. */
function outlook(queued: readonly Entry[], messageId: string) {
  const replies = new Set<number>()
  let [hasEnded, hasSeen, isCancelled] = [false, false, false]
  let isParked: boolean | null = null
  // In a flood of messages thousands are queued: one pass, and no more.
  for (const { body } of queued) {
    if ('messageId' in body && body.messageId === messageId) hasSeen = true
    if (isTerminal(body)) hasEnded = true
    if (body.type === 'CallCompleted') replies.add(body.index)
    if (body.type === 'CancelRequested') isCancelled = true
    if (body.type === 'RunParked') isParked = true
    if (body.type === 'RunResumed' || body.type === 'CancelRequested') isParked = false
  }
  return { hasEnded, hasSeen, isCancelled, isParked, replies }
}

function signalFault(
  signals: Understanding['signals'],
  name: string,
  payload: Uint8Array,
): string | null {
  let value: unknown
  try {
    value = decodePayload(payload)
  } catch {
    return `signal '${name}' does not carry JSON`
  }
  const declared = signals?.find((signal) => signal.name === name)
  try {
    declared?.schema.parse(value)
    return null
  } catch (error) {
    // Also what a schema's own code throws: nothing of a message may stop the inbox.
    return `signal '${name}' does not match its schema: ${faultOf(error)}`
  }
}
