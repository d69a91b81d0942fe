/** JSON payloads and failures, in and out of their recorded form. No bytes at all is `undefined`. */

import { z } from 'zod'
import { CancelledError, StoaError, TerminalError, TimeoutError } from '../errors.ts'
import type { EntryBody, Failure, Outcome, Payload } from '../../schemas/records.ts'

/** Payloads larger than this are refused where they are made: 4 MiB. */
export const largestPayloadBytes = 4 * 1024 * 1024

/** What is kept of an error's message, and the longest details: errors go where payloads go. */
const longestMessage = 16 * 1024
const longestDetails = 256 * 1024

/** @throws TerminalError ENTRY_TOO_LARGE, OUTPUT_INVALID when the value is not JSON */
export function encodePayload(value: unknown, what: string): Payload {
  if (value === undefined) return Buffer.alloc(0)
  let bytes: Buffer
  try {
    bytes = Buffer.from(JSON.stringify(value))
  } catch (cause) {
    throw new TerminalError(`${what} is not JSON: return plain data`, {
      code: 'OUTPUT_INVALID',
      cause,
    })
  }
  if (bytes.byteLength > largestPayloadBytes) {
    throw new TerminalError(
      `${what} has ${String(bytes.byteLength)} bytes, the limit is ${String(largestPayloadBytes)}: keep large data elsewhere and record where`,
      { code: 'ENTRY_TOO_LARGE', details: { bytes: bytes.byteLength, limit: largestPayloadBytes } },
    )
  }
  return bytes
}

export function decodePayload(payload: Payload): unknown {
  if (payload.byteLength === 0) return undefined
  const bytes = Buffer.isBuffer(payload)
    ? payload
    : Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength)
  const value: unknown = JSON.parse(bytes.toString('utf8'))
  return value
}

/** What was thrown, as an error. */
export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown))
}

/** What was thrown, in words: each finding of a schema on its own lines. */
export function faultOf(thrown: unknown): string {
  return thrown instanceof z.ZodError ? z.prettifyError(thrown) : asError(thrown).message
}

export function failureOf(error: unknown, fallbackCode: string): Failure {
  if (!(error instanceof Error)) {
    return { name: 'Error', code: fallbackCode, message: short(error), details: null }
  }
  const isOurs = error instanceof StoaError
  return {
    name: short(error.name),
    code: isOurs ? short(error.code) : fallbackCode,
    message: short(error.message),
    details: isOurs && error.details !== undefined ? detailsOf(error.details) : null,
  }
}

/** Whatever was thrown, some text that fits into an entry. */
function short(value: unknown): string {
  const text = String(value)
  return text.length > longestMessage ? `${text.slice(0, longestMessage)}…` : text
}

/** Details that are not JSON, or too large for an entry, are left out. */
function detailsOf(details: unknown): string | null {
  try {
    const json = JSON.stringify(details)
    return json.length > longestDetails ? null : json
  } catch {
    return null
  }
}

/** The entry that sets a run aside with its cause. */
export function parked(error: unknown): EntryBody {
  const code = error instanceof StoaError ? error.code : 'RUN_THREW'
  return { type: 'RunParked', error: failureOf(error, code) }
}

/** A recorded failure as the error that the code of a workflow or a client catches. */
export function errorOf(failure: Failure): StoaError {
  const details: unknown = failure.details === null ? undefined : JSON.parse(failure.details)
  const options = { code: failure.code, details }
  if (failure.name === 'CancelledError') return new CancelledError(failure.message, options)
  if (failure.name === 'TimeoutError') return new TimeoutError(failure.message, options)
  return new TerminalError(failure.message, options)
}

/** The error of an outcome that is not an output. */
export function errorOfOutcome(outcome: Exclude<Outcome, { status: 'completed' }>): StoaError {
  return outcome.status === 'cancelled'
    ? new CancelledError(outcome.error.message, { code: outcome.error.code })
    : errorOf(outcome.error)
}
