/** `stoa run result <definition> <id>`. */

import { z } from 'zod'
import { decodePayload, errorOfOutcome } from '../../runtime/durable/payload.ts'
import { parseDuration } from '../../runtime/duration.ts'
import { connected, type Connection } from '../backend.ts'
import { CommandError } from '../exit-code.ts'
import type { Invocation } from '../invocation.ts'
import { outputFormat, parsed } from '../options.ts'
import { jsonText } from '../terminal/json.ts'
import { plain } from '../terminal/terminal.ts'
import { anyContract, findRun, requireKey } from './find.ts'

const Options = z.object({
  timeout: z.string().transform(parseDuration).optional(),
  key: z.string().optional(),
  output: outputFormat,
})

/**
 * Prints the output of a run, JSON in either format. Throws the error of a run that failed or was
 * cancelled, RUN_PARKED for one that would not end by itself, and TIMED_OUT.
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
    const output = await outputOf(connection, name, runId, options)
    invocation.terminal.print(output === undefined ? 'null' : jsonText(output))
    return 0
  })
}

async function outputOf(
  connection: Connection,
  name: string,
  runId: string,
  { timeout, key }: z.infer<typeof Options>,
): Promise<unknown> {
  const { partition, state } = await findRun(connection, name, runId)
  const outcome = state?.outcome ?? null
  if (outcome !== null) {
    if (outcome.status !== 'completed') throw errorOfOutcome(outcome)
    return decodePayload(outcome.output)
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
  return handle.result({ ...(timeout !== undefined && { timeout }) })
}
