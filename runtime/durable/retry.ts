/** What follows a failed attempt of a step: another attempt, the failure as outcome, or parking. */

import { parseDuration } from '../duration.ts'
import { CancelledError, RetryableError, TerminalError } from '../errors.ts'
import type { RetryPolicy } from './context.ts'

export type Verdict =
  | { readonly next: 'attempt'; readonly delayMs: number }
  | { readonly next: 'fail' }
  | { readonly next: 'park' }

/**
 * Decides by the error and the number of attempts made, this one included. The delay is drawn
 * uniformly from zero to the exponential bound ("full jitter").
 * @param draw at least 0, below 1
 */
export function afterFailure(
  policy: RetryPolicy,
  attempt: number,
  error: unknown,
  draw: number,
): Verdict {
  if (error instanceof TerminalError || error instanceof CancelledError) return { next: 'fail' }
  if (attempt >= (policy.attempts ?? 10)) return { next: 'park' }
  if (error instanceof RetryableError && error.after !== undefined) {
    return { next: 'attempt', delayMs: parseDuration(error.after) }
  }
  const first = parseDuration(policy.firstDelay ?? 1_000)
  const bound = parseDuration(policy.maxDelay ?? 60_000)
  // In time the power is infinite, and nothing times that is no number.
  const exponential = first === 0 ? 0 : first * (policy.factor ?? 2) ** (attempt - 1)
  return { next: 'attempt', delayMs: Math.round(draw * Math.min(bound, exponential)) }
}
