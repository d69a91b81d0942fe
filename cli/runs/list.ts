/** `stoa run list <definition>`. */

import { z } from 'zod'
import type { RunSummary } from '../../runtime/index.ts'
import { connected } from '../connection.ts'
import type { Invocation } from '../invocation.ts'
import { count, emit, outputFormat, parsed } from '../options.ts'
import { table } from '../terminal/table.ts'
import { plain, type Colors } from '../terminal/terminal.ts'
import { moment, span } from '../terminal/times.ts'
import { anyContract } from './find.ts'

const statuses = ['running', 'parked', 'completed', 'failed', 'cancelled'] as const

const Options = z.object({
  status: z
    .enum(statuses, {
      error: (issue) => `--status is one of ${statuses.join(', ')}, not '${String(issue.input)}'`,
    })
    .optional(),
  limit: count('--limit').optional(),
  output: outputFormat,
})

/** Lists the runs of a definition in order of their start. */
export async function list(
  invocation: Invocation,
  definition: unknown,
  given: unknown,
): Promise<number> {
  const { status, limit, output } = parsed(Options, given)
  const contract = anyContract(parsed(z.string(), definition))
  return connected(invocation, async ({ client }) => {
    const all = await client.list(contract)
    const chosen = all.filter((run) => status === undefined || run.status === status)
    const runs = limit === undefined ? chosen : chosen.slice(-limit)
    const { terminal } = invocation
    emit(terminal, output, { definition: contract.name, runs }, () =>
      listText(runs, terminal.colors, terminal.columns),
    )
    return 0
  })
}

function listText(
  runs: readonly RunSummary[],
  colors: Colors,
  columns: number | undefined,
): string {
  if (runs.length === 0) return 'no runs'
  return table(
    ['RUN', 'STATUS', 'VERSION', 'STARTED', 'TOOK', 'ENTRIES', 'DETAIL'],
    runs.map((run) => [
      plain(run.runId),
      paintedStatus(run.status, colors),
      run.version,
      moment(run.startedAt),
      span(run.at - run.startedAt),
      String(run.entries),
      plain(detailOf(run)),
    ]),
    columns,
  )
}

/** What a person asks next: why it ended or stands, or what it waits for. */
function detailOf({ error, waitsFor }: RunSummary): string {
  if (error !== null) return `${error.message} [${error.code}]`
  return waitsFor.length === 0 ? '' : `waits for ${waitsFor.join(', ')}`
}

export function paintedStatus(status: RunSummary['status'], colors: Colors): string {
  switch (status) {
    case 'running':
      return colors.cyan(status)
    case 'completed':
      return colors.green(status)
    case 'parked':
      return colors.yellow(status)
    case 'failed':
    case 'cancelled':
      return colors.red(status)
  }
}
