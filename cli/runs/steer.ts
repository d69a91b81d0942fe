/** `stoa run signal`, `cancel` and `resume`: messages to a run that is known and has not ended. */

import { z } from 'zod'
import { assertNever } from '../../runtime/assert-never.ts'
import { UsageError } from '../../runtime/errors.ts'
import { signal as signalOf, type RunHandle } from '../../runtime/index.ts'
import { connected, type Connection } from '../connection.ts'
import { CommandError } from '../exit-code.ts'
import type { Invocation } from '../invocation.ts'
import { emit, outputFormat, parsed } from '../options.ts'
import { plain } from '../terminal/terminal.ts'
import { sendAndSee, type Addressee, type Fate } from './fate.ts'
import { anyContract, findRun, requireKey } from './find.ts'
import { readPayload } from './payload.ts'

const Options = z.object({ key: z.string().optional(), output: outputFormat })

/** Sends a signal, and says what the run's owner did with it. @throws UsageError when it was refused */
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
  const steering = { definition, id, given }
  return steer(invocation, steering, async (run, addressee, connection) => {
    const fate = await sendAndSee(connection, addressee, {
      send: () => run.signal(sent, value),
      isOurs: (body) => body.type === 'Signal' && body.name === sent.name,
    })
    return { fate: fate.is, text: fateText(fate, sent.name, addressee) }
  })
}

/** @throws UsageError when it was refused, CommandError RUN_ENDED when it came too late */
function fateText(fate: Fate, signal: string, { definition, runId }: Addressee): string {
  const run = `run ${runId} of '${definition}'`
  switch (fate.is) {
    case 'taken in': {
      const { state, summary } = fate.run
      const isKept = state?.outcome === null && state.signals.some(({ name }) => name === signal)
      const waits = summary?.waitsFor.join(', ') ?? ''
      const rest = isKept ? `, and keeps it${waits === '' ? '' : `: it waits for ${waits}`}` : ''
      return `${run} has taken signal '${signal}' in${rest}`
    }
    case 'refused':
      throw new UsageError(`${run} has refused signal '${signal}': ${plain(fate.cause)}`, {
        code: fate.code,
      })
    case 'too late':
      throw hasEnded(run, fate.run.state?.outcome?.status ?? 'gone')
    case 'not taken in yet':
      return `sent signal '${signal}' to ${run}, which has not taken it in yet: see that one serves '${definition}'`
    default:
      return assertNever(fate)
  }
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
  return steer(invocation, { definition, id, given }, async (run, { runId }) => {
    await run.cancel(why)
    return { text: `asked to cancel run ${runId}` }
  })
}

/** Lets a parked run go on. */
export async function resume(
  invocation: Invocation,
  definition: unknown,
  id: unknown,
  given: unknown,
): Promise<number> {
  return steer(invocation, { definition, id, given, parked: true }, async (run, { runId }) => {
    await run.resume()
    return { text: `asked to resume run ${runId}` }
  })
}

interface Steering {
  readonly definition: unknown
  readonly id: unknown
  readonly given: unknown
  /** Only makes sense for a parked run. */
  readonly parked?: boolean
}

interface Steered {
  /** What has been done, for a person. */
  readonly text: string
  /** What has become of it, where that was awaited. */
  readonly fate?: Fate['is']
}

async function steer(
  invocation: Invocation,
  { definition, id, given, parked = false }: Steering,
  act: (run: RunHandle<unknown>, addressee: Addressee, connection: Connection) => Promise<Steered>,
): Promise<number> {
  const { key, output } = parsed(Options, given)
  const name = parsed(z.string(), definition)
  const runId = parsed(z.string(), id)
  return connected(invocation, async (connection) => {
    const { partition, summary } = await findRun(connection, name, runId)
    const status = summary?.status ?? 'waiting'
    if (status === 'completed' || status === 'failed' || status === 'cancelled') {
      throw hasEnded(`run ${runId} of '${name}'`, status)
    }
    if (parked && status !== 'parked') {
      throw new CommandError(`run ${runId} of '${name}' is not parked but ${status}`, {
        code: 'RUN_NOT_PARKED',
      })
    }
    await requireKey(connection, name, runId, key, partition)
    const { text, ...fate } = await act(
      connection.client.get(anyContract(name), runId, { ...(key !== undefined && { key }) }),
      { definition: name, runId, partition },
      connection,
    )
    emit(invocation.terminal, output, { definition: name, runId, ...fate }, () => text)
    return 0
  })
}

function hasEnded(run: string, status: string): CommandError {
  return new CommandError(`${run} has ended already: ${status}`, { code: 'RUN_ENDED' })
}
