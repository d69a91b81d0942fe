/** What the exit code says, and how it follows from an error: by code, never by class. */

import { messageOf, StoaError } from '../runtime/errors.ts'
import { inputErrorCodes } from '../services/review/input-error.ts'

export const exitCodes = {
  ok: 0,
  failure: 1,
  usage: 2,
  /** What was named is not there or cannot be read. */
  input: 3,
  /** A review found something at or above its threshold. */
  findings: 5,
  /** Broker or registry cannot be reached. */
  unreachable: 6,
} as const

/** Codes of the command line's own errors, with what the exit code is. */
const own = {
  BACKEND_MISSING: exitCodes.unreachable,
  CLUSTER_UNSAFE: exitCodes.failure,
  DATA_IN_USE: exitCodes.failure,
  MODULE_UNREADABLE: exitCodes.input,
  OUT_UNWRITABLE: exitCodes.input,
  PAYLOAD_UNREADABLE: exitCodes.input,
  RUN_ENDED: exitCodes.failure,
  RUN_ID_TAKEN: exitCodes.usage,
  RUN_KEYED: exitCodes.usage,
  RUN_PARKED: exitCodes.failure,
  RUN_NOT_PARKED: exitCodes.failure,
  RUN_NOT_TAKEN: exitCodes.failure,
  SERVICE_FAILED: exitCodes.failure,
  USAGE: exitCodes.usage,
} as const

export type CommandErrorCode = keyof typeof own

interface CommandErrorOptions {
  readonly code: CommandErrorCode
  readonly cause?: unknown
}

/** An error of the command line itself; the message says what, which and what to do. */
export class CommandError extends StoaError {
  constructor(message: string, { code, cause }: CommandErrorOptions) {
    super(message, { code, cause })
  }
}

const ofCode: ReadonlyMap<string, number> = new Map<string, number>([
  ...Object.entries(own),
  ...inputErrorCodes.map((code) => [code, exitCodes.input] as const),
  ['BACKEND_FAILED', exitCodes.unreachable],
  ['BACKEND_IMPOSSIBLE', exitCodes.unreachable],
  ['CONFIGURATION_INVALID', exitCodes.usage],
  ['DURATION_INVALID', exitCodes.usage],
  ['INPUT_INVALID', exitCodes.usage],
  ['LOG_UNAVAILABLE', exitCodes.unreachable],
  ['REGISTRY_UNAVAILABLE', exitCodes.unreachable],
  ['RUN_NOT_FOUND', exitCodes.input],
  ['SIGNAL_INVALID', exitCodes.usage],
  ['TOPIC_UNKNOWN', exitCodes.input],
])

/** The exit code of a command that ended with an error. */
export function exitCodeOf(error: unknown): number {
  return ofCode.get(codeOf(error) ?? '') ?? exitCodes.failure
}

/** The one line that tells of an error, without the name of the command. */
export function lineOf(error: unknown): string {
  const text = messageOf(error)
  const line = text
    .trim()
    .replace(/\s*\n\s*/g, '; ')
    .replace(/:; /g, ': ')
  const code = codeOf(error)
  return code === undefined ? line : `${line} [${code}]`
}

/** The code that an error carries, if it carries one. */
export function codeOf(error: unknown): string | undefined {
  const hasCode = error instanceof Error && 'code' in error && typeof error.code === 'string'
  return hasCode ? String(error.code) : undefined
}
