/** What an error of the client library means to a caller of the log. */

import kafkaErrors from 'kafkajs/src/protocol/error.js'
import { FencedError, LogError } from '../../errors.ts'

/** The broker's name for what went wrong, such as NOT_LEADER_FOR_PARTITION; none for lost connections. */
export function brokerError(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('type' in error)) return undefined
  return typeof error.type === 'string' ? error.type : undefined
}

/** The name of a code in a response; undefined when it stands for success. */
export function errorName(code: number): string | undefined {
  return code === 0 ? undefined : kafkaErrors.createErrorFromCode(code).type
}

/** @throws the library's error for a code in a response that does not stand for success */
export function assertNoError(code: number): void {
  if (code !== 0) throw kafkaErrors.createErrorFromCode(code)
}

export function unavailable(what: string, cause?: unknown): LogError {
  const reason = cause instanceof Error ? `: ${cause.message}` : ''
  return new LogError(`${what}${reason}`, { code: 'LOG_UNAVAILABLE', cause })
}

export function topicUnknown(topic: string, partition?: number): LogError {
  const what =
    partition === undefined
      ? `topic ${topic} does not exist`
      : `topic ${topic} has no partition ${partition}`
  return new LogError(`${what}: create it with 'stoa topics apply'`, { code: 'TOPIC_UNKNOWN' })
}

export function fenced(group: string, cause?: unknown): FencedError {
  return new FencedError(
    `the process is not a member of group ${group} any more: its commit does not count`,
    { cause },
  )
}
