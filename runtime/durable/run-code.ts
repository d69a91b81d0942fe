/** What the code of a run is given, and the entry that says what became of it. */

import { CancelledError, TerminalError, TimeoutError } from '../errors.ts'
import type { EntryBody, Payload } from '../../schemas/records.ts'
import type { AnyWorkflow } from './definition.ts'
import { decodePayload, encodePayload, failureOf, faultOf, parked } from './payload.ts'

/** What the code of a run returned or threw. */
export type Settled = { readonly output: unknown } | { readonly error: unknown }

/** @throws TerminalError INPUT_INVALID, whatever the schema or its own code finds */
export function inputOf(runId: string, definition: AnyWorkflow, payload: Payload): unknown {
  try {
    const input: unknown = definition.input.parse(decodePayload(payload))
    return input
  } catch (error) {
    const message = `the input of run ${runId} does not match '${definition.name}': ${faultOf(error)}`
    throw new TerminalError(message, { code: 'INPUT_INVALID' })
  }
}

/** @param isCancelled a cancellation stands in the journal, so that a CancelledError is the run's own */
export function endingOf(
  runId: string,
  definition: AnyWorkflow,
  settled: Settled,
  isCancelled: boolean,
): EntryBody {
  if ('error' in settled) return endingBy(settled.error, isCancelled)
  const output = definition.output.safeParse(settled.output)
  if (!output.success) {
    const message = `the output of run ${runId} does not match '${definition.name}': ${faultOf(output.error)}`
    return parked(new TerminalError(message, { code: 'OUTPUT_INVALID' }))
  }
  try {
    const payload = encodePayload(settled.output, `the output of run ${runId}`)
    return { type: 'RunCompleted', output: payload }
  } catch (error) {
    return { type: 'RunFailed', error: failureOf(error, 'OUTPUT_INVALID') }
  }
}

function endingBy(error: unknown, isCancelled: boolean): EntryBody {
  if (error instanceof CancelledError && isCancelled) {
    return { type: 'RunCancelled', error: failureOf(error, 'CANCELLED') }
  }
  const isFinal =
    error instanceof TerminalError ||
    error instanceof CancelledError ||
    error instanceof TimeoutError
  return isFinal ? { type: 'RunFailed', error: failureOf(error, 'TERMINAL') } : parked(error)
}
