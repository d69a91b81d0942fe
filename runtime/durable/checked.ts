/** A value as its schema makes it, or an error that says whose value it is and what is wrong with it. */

import type { z } from 'zod'
import type { ErrorCode, TerminalError, UsageError } from '../errors.ts'
import { faultOf } from './payload.ts'

/** Whom it ends: the run whose code handed it over, or the call of a client. */
type Refusal = typeof TerminalError | typeof UsageError

/** @throws Refusal with the code */
export function checked<S extends z.ZodType>(
  schema: S,
  value: unknown,
  what: string,
  Refusal: Refusal,
  code: ErrorCode,
): z.output<S> {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  throw new Refusal(`${what} does not match its schema: ${faultOf(parsed.error)}`, { code })
}
