/** `stoa run history <definition> <id>`. */

import { z } from 'zod'
import type { HistoryEntry } from '../../runtime/durable/inspect.ts'
import { connected } from '../connection.ts'
import type { Invocation } from '../invocation.ts'
import { emit, outputFormat, parsed } from '../options.ts'
import { table } from '../terminal/table.ts'
import { plain } from '../terminal/terminal.ts'
import { payloadOf, summaryLine } from './entry-summary.ts'
import { findRun } from './find.ts'

const Options = z.object({ payloads: z.boolean().default(false), output: outputFormat })

/** Shows the entries of one run, in the order of the journal. */
export async function history(
  invocation: Invocation,
  definition: unknown,
  id: unknown,
  given: unknown,
): Promise<number> {
  const { payloads, output } = parsed(Options, given)
  const name = parsed(z.string(), definition)
  const runId = parsed(z.string(), id)
  return connected(invocation, async (connection) => {
    const { history: entries } = await findRun(connection, name, runId)
    const { terminal } = invocation
    const value = {
      definition: name,
      runId,
      entries: entries.map((each) => entryValue(each, payloads)),
    }
    emit(terminal, output, value, () => historyText(entries, payloads, terminal.columns))
    return 0
  })
}

function entryValue({ partition, offset, entry }: HistoryEntry, payloads: boolean) {
  const { seq, at, body } = entry
  const payload = payloads ? payloadOf(body) : undefined
  return {
    ...{ partition, offset, seq, at: new Date(at).toISOString(), type: body.type },
    summary: plain(summaryLine(body)),
    ...(payload !== undefined && { payload }),
  }
}

function historyText(
  entries: readonly HistoryEntry[],
  payloads: boolean,
  columns: number | undefined,
): string {
  if (entries.length === 0) return 'no entries'
  return table(
    ['OFFSET', 'SEQ', 'TIME', 'TYPE', 'SUMMARY'],
    entries.map(({ offset, entry: { seq, at, body } }) => {
      const payload = payloads ? payloadOf(body) : undefined
      const shown = payload === undefined ? '' : ` ${JSON.stringify(payload)}`
      return [
        String(offset),
        String(seq),
        new Date(at).toISOString(),
        body.type,
        plain(`${summaryLine(body)}${shown}`),
      ]
    }),
    // A payload is asked for to be seen whole.
    payloads ? undefined : columns,
  )
}
