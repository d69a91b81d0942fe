/** `stoa run result <definition> <id>`. */

import { z } from 'zod'
import { decodePayload, errorOfOutcome } from '../../runtime/durable/payload.ts'
import { parseDuration } from '../../runtime/duration.ts'
import { CancelledError, StoaError, TerminalError, TimeoutError } from '../../runtime/errors.ts'
import { connected, type Connection } from '../connection.ts'
import { CommandError, exitCodes, lineOf } from '../exit-code.ts'
import type { Invocation } from '../invocation.ts'
import { outputFormat, parsed } from '../options.ts'
import { jsonText } from '../terminal/json.ts'
import { plain } from '../terminal/terminal.ts'
import { anyContract, findRun, requireKey } from './find.ts'

const Options = z.object({
  timeout: z.string().refine(isDuration).optional(),
  key: z.string().optional(),
  output: outputFormat,
})

/**
 * Prints the output of a run, JSON in either format; 1 for a run that failed or was cancelled, with
 * its error. Throws RUN_PARKED for one that would not end by itself, and TIMED_OUT.
 */
export async function result(
  invocation: Invocation,
  definition: unknown,
  id: unknown,
  given: unknown,
): Promise<number> {
  const options = parsed(Options, given)
  const name = parsed(z.string(), definition)
  const runId = parsed(z.string(), id)
  return connected(invocation, async (connection) => {
    const { terminal } = invocation
    const outcome = await outcomeOf(connection, name, runId, options)
    if ('error' in outcome) {
      const { status, error } = outcome
      terminal.note(`stoa: run ${runId} of '${name}' ${status}: ${lineOf(error)}`)
      return exitCodes.failure
    }
    terminal.print(outcome.output === undefined ? 'null' : jsonText(outcome.output))
    return exitCodes.ok
  })
}

/** Kept as it was written, for the message. @throws UsageError DURATION_INVALID */
function isDuration(text: string): boolean {
  return parseDuration(text) >= 0
}

type Ended =
  | { readonly output: unknown }
  | { readonly status: 'failed' | 'was cancelled'; readonly error: StoaError }

async function outcomeOf(
  connection: Connection,
  name: string,
  runId: string,
  { timeout, key }: z.infer<typeof Options>,
): Promise<Ended> {
  const { partition, state } = await findRun(connection, name, runId)
  const outcome = state?.outcome ?? null
  if (outcome !== null) {
    return outcome.status === 'completed'
      ? { output: decodePayload(outcome.output) }
      : failed(errorOfOutcome(outcome))
  }
  if (state?.parked != null) {
    const { message, code } = state.parked
    throw new CommandError(
      `run ${runId} of '${name}' is parked: ${plain(message)} [${code}]; mend the cause, then stoa run resume ${name} ${runId}`,
      { code: 'RUN_PARKED' },
    )
  }
  await requireKey(connection, name, runId, key, partition)
  const handle = connection.client.get(anyContract(name), runId, {
    ...(key !== undefined && { key }),
  })
  try {
    return { output: await handle.result({ ...(timeout !== undefined && { timeout }) }) }
  } catch (error) {
    // A run ends with one of these; anything else says why its outcome is not known. With a limit
    // of our own a TimeoutError is taken for that.
    const isOurLimit = error instanceof TimeoutError && timeout !== undefined
    const isOutcome = outcomeErrors.some((type) => error instanceof type)
    if (error instanceof StoaError && isOutcome && !isOurLimit) return failed(error)
    throw error
  }
}

const outcomeErrors = [TerminalError, TimeoutError, CancelledError]

function failed(error: StoaError): Ended {
  return { status: error instanceof CancelledError ? 'was cancelled' : 'failed', error }
}
