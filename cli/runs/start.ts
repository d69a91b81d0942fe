/** `stoa run start <definition> [input]`. */

import { z } from 'zod'
import { connected } from '../connection.ts'
import type { Invocation } from '../invocation.ts'
import { emit, outputFormat, parsed } from '../options.ts'
import { anyContract } from './find.ts'
import { readPayload } from './payload.ts'

const Options = z.object({
  id: z.string().min(1, '--id is empty').optional(),
  key: z.string().min(1, '--key is empty').optional(),
  output: outputFormat,
})

/** Starts a run and prints its id once the start stands in the inbox. */
export async function start(
  invocation: Invocation,
  definition: unknown,
  input: unknown,
  given: unknown,
): Promise<number> {
  const { id, key, output } = parsed(Options, given)
  const contract = anyContract(parsed(z.string(), definition))
  const payload = await readPayload(parsed(z.string().optional(), input), invocation.cwd)
  return connected(invocation, async ({ client }) => {
    const run = await client.start(contract, payload, {
      ...(id !== undefined && { id }),
      ...(key !== undefined && { key }),
    })
    const started = { definition: contract.name, runId: run.id }
    emit(invocation.terminal, output, started, () => run.id)
    return 0
  })
}
