/** `stoa run describe <definition> <id>`. */

import { z } from 'zod'
import type { RunSummary } from '../../runtime/index.ts'
import { connected } from '../connection.ts'
import type { Invocation } from '../invocation.ts'
import { emit, outputFormat, parsed } from '../options.ts'
import { table } from '../terminal/table.ts'
import { plain, type Colors } from '../terminal/terminal.ts'
import { moment, span } from '../terminal/times.ts'
import { findRun } from './find.ts'
import { paintedStatus } from './list.ts'

const Options = z.object({ output: outputFormat })

/** Shows the state of one run. */
export async function describe(
  invocation: Invocation,
  definition: unknown,
  id: unknown,
  given: unknown,
): Promise<number> {
  const { output } = parsed(Options, given)
  const name = parsed(z.string(), definition)
  const runId = parsed(z.string(), id)
  return connected(invocation, async (connection) => {
    const { partition, summary } = await findRun(connection, name, runId)
    const described = { definition: name, ...(summary ?? waiting(runId, partition)) }
    const { terminal } = invocation
    emit(terminal, output, described, () =>
      summary === undefined
        ? `${plain(runId)} of '${name}' has been started, and no service has taken it in yet`
        : describedText(name, summary, terminal.colors),
    )
    return 0
  })
}

function waiting(runId: string, partition: number) {
  return { runId, partition, status: 'waiting' as const }
}

function describedText(definition: string, run: RunSummary, colors: Colors): string {
  const { error, waitsFor } = run
  const isOpen = run.status === 'running' || run.status === 'parked'
  return table(
    [],
    [
      ['run', plain(run.runId)],
      ['definition', `${definition}, version ${run.version}, partition ${run.partition}`],
      ['status', paintedStatus(run.status, colors)],
      ['started', moment(run.startedAt)],
      isOpen
        ? ['last entry', moment(run.at)]
        : ['ended', `${moment(run.at)}, after ${span(run.at - run.startedAt)}`],
      ['entries', String(run.entries)],
      ...waitsFor.map((wait, index) => [index === 0 ? 'waits for' : '', plain(wait)]),
      ...(error === null ? [] : [['error', `${plain(error.message)} [${error.code}]`]]),
    ],
  )
}
