/** What became of the appends of one request. */

import { LogError } from '../errors.ts'

/**
 * Of one append: its base offset, or why it has none. RECORD_TOO_LARGE and TOPIC_UNKNOWN: it was not
 * appended. LOG_UNAVAILABLE: ambiguous, it may be in the log now or later.
 */
export type AppendResult = bigint | LogError

/** At least one append of a request failed; code, message and details are those of the first. */
export class AppendError extends LogError {
  /** Of each append of the request, in order. */
  readonly results: readonly AppendResult[]

  constructor(first: LogError, results: readonly AppendResult[]) {
    super(first.message, { code: first.code, details: first.details, cause: first })
    this.results = results
  }
}

/** The base offsets, when all of them are there. @throws AppendError when not */
export function basesOf(results: readonly AppendResult[]): readonly bigint[] {
  const bases: bigint[] = []
  for (const result of results) {
    if (typeof result !== 'bigint') throw new AppendError(result, results)
    bases.push(result)
  }
  return bases
}
