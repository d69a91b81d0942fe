/** `stoa run signal`, `cancel` and `resume`: messages to a run that is known and has not ended. */

import { z } from 'zod'
import { signal as signalOf, type RunHandle } from '../../runtime/index.ts'
import { connected } from '../connection.ts'
import { CommandError } from '../exit-code.ts'
import type { Invocation } from '../invocation.ts'
import { emit, outputFormat, parsed } from '../options.ts'
import { anyContract, findRun, requireKey } from './find.ts'
import { readPayload } from './payload.ts'

const Options = z.object({ key: z.string().optional(), output: outputFormat })

/** Sends a signal. */
export async function signal(
  invocation: Invocation,
  definition: unknown,
  id: unknown,
  name: unknown,
  payload: unknown,
  given: unknown,
): Promise<number> {
  const value = await readPayload(parsed(z.string().optional(), payload), invocation.cwd)
  const sent = signalOf(parsed(z.string(), name), z.unknown())
  return steer(invocation, { definition, id, given, did: `sent signal '${sent.name}' to` }, (run) =>
    run.signal(sent, value),
  )
}

/** Asks a run to end. */
export async function cancel(
  invocation: Invocation,
  definition: unknown,
  id: unknown,
  reason: unknown,
  given: unknown,
): Promise<number> {
  const why = parsed(z.string().optional(), reason) ?? 'cancelled at the command line'
  return steer(invocation, { definition, id, given, did: 'asked to cancel' }, (run) =>
    run.cancel(why),
  )
}

/** Lets a parked run go on. */
export async function resume(
  invocation: Invocation,
  definition: unknown,
  id: unknown,
  given: unknown,
): Promise<number> {
  return steer(invocation, { definition, id, given, did: 'asked to resume', parked: true }, (run) =>
    run.resume(),
  )
}

interface Steering {
  readonly definition: unknown
  readonly id: unknown
  readonly given: unknown
  /** What has been done, up to the run's name. */
  readonly did: string
  /** Only makes sense for a parked run. */
  readonly parked?: boolean
}

async function steer(
  invocation: Invocation,
  { definition, id, given, did, parked = false }: Steering,
  act: (run: RunHandle<unknown>) => Promise<void>,
): Promise<number> {
  const { key, output } = parsed(Options, given)
  const name = parsed(z.string(), definition)
  const runId = parsed(z.string(), id)
  return connected(invocation, async (connection) => {
    const { partition, summary } = await findRun(connection, name, runId)
    const status = summary?.status ?? 'waiting'
    if (status === 'completed' || status === 'failed' || status === 'cancelled') {
      throw new CommandError(`run ${runId} of '${name}' has ended already: ${status}`, {
        code: 'RUN_ENDED',
      })
    }
    if (parked && status !== 'parked') {
      throw new CommandError(`run ${runId} of '${name}' is not parked but ${status}`, {
        code: 'RUN_NOT_PARKED',
      })
    }
    await requireKey(connection, name, runId, key, partition)
    await act(
      connection.client.get(anyContract(name), runId, { ...(key !== undefined && { key }) }),
    )
    emit(invocation.terminal, output, { definition: name, runId }, () => `${did} run ${runId}`)
    return 0
  })
}
