/** A review that cannot begin: what it was given is not there, not readable or not what it says. */

/** Every code of an {@link InputError}; LOCKFILE_CHANGED is found by the review itself. */
export const inputErrorCodes = [
  'DIRECTORY_NOT_FOUND',
  'DIRECTORY_UNREADABLE',
  'LOCKFILE_NOT_FOUND',
  'LOCKFILE_UNREADABLE',
  'LOCKFILE_TOO_LARGE',
  'LOCKFILE_MALFORMED',
  'LOCKFILE_CHANGED',
  'LOCKFILE_CONFLICTED',
  'LOCKFILE_V1',
  'LOCKFILE_UNSUPPORTED',
  'POLICY_NOT_FOUND',
  'POLICY_UNREADABLE',
  'POLICY_INVALID',
] as const

export type InputErrorCode = (typeof inputErrorCodes)[number]

/**
 * The input cannot be reviewed; trying again changes nothing until a person acts.
 *
 * Across processes tell the causes apart by `code`, never by class.
 */
export class InputError extends Error {
  override readonly name = 'InputError'
  readonly code: InputErrorCode

  constructor(message: string, options: { code: InputErrorCode; cause?: unknown }) {
    super(message, { cause: options.cause })
    this.code = options.code
  }
}
