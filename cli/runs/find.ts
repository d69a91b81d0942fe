/** A run as the log knows it: folded from the journals, or a start that waits in the inbox. */

import { z } from 'zod'
import { foldJournals, summaryOf } from '../../runtime/durable/inspect.ts'
import type { FoldedJournal, RunSummary } from '../../runtime/durable/inspect.ts'
import type { RunState } from '../../runtime/durable/run-state.ts'
import { UsageError } from '../../runtime/errors.ts'
import { contract, type AnyContract } from '../../runtime/index.ts'
import { partitionFor } from '../../runtime/log/murmur2.ts'
import { definitionTopics } from '../../schemas/index.ts'
import type { Connection } from '../connection.ts'
import { CommandError } from '../exit-code.ts'
import { messagesTo, type MessagesOptions } from './messages.ts'

export interface FoundRun {
  readonly partition: number
  /** None while its start waits in the inbox. */
  readonly state: RunState | undefined
  readonly summary: RunSummary | undefined
  readonly history: FoldedJournal['history']
}

/** A definition of which only the name is known; whatever it takes and gives is JSON. */
export function anyContract(name: string): AnyContract {
  return contract({ name, input: z.unknown(), output: z.unknown() })
}

/** Finds a run. @throws UsageError RUN_NOT_FOUND, LogError TOPIC_UNKNOWN */
export async function findRun(
  connection: Connection,
  definition: string,
  runId: string,
): Promise<FoundRun> {
  const { log, codec } = connection
  const { states, history } = await foldJournals(log, codec, definition, runId)
  for (const { runs, home } of states) {
    const state = runs.get(runId)
    if (state === undefined) continue
    const { partition } = home
    return { partition, state, summary: summaryOf(state, partition), history }
  }
  for (const { home, inboxTaken } of states) {
    const { partition } = home
    if (await hasStart(connection, { definition, runId, partition, from: inboxTaken + 1n })) {
      return { partition, state: undefined, summary: undefined, history: [] }
    }
  }
  throw new UsageError(
    `no run of '${definition}' has the id ${runId}: see \`stoa run list ${definition}\``,
    { code: 'RUN_NOT_FOUND' },
  )
}

/**
 * Refuses a key, or the lack of one, with which a message would not reach the run.
 * @throws CommandError RUN_KEYED
 */
export async function requireKey(
  { log }: Connection,
  definition: string,
  runId: string,
  key: string | undefined,
  partition: number,
): Promise<void> {
  const partitions = await log.partitions(definitionTopics(definition).inbox)
  if (partitionFor(key ?? runId, partitions) === partition) return
  throw new CommandError(
    `run ${runId} of '${definition}' is placed by a key${key === undefined ? '' : `, and not by '${key}'`}: give the --key that it was started with`,
    { code: 'RUN_KEYED' },
  )
}

/** Whether a start of the run stands in the inbox and has not been taken in. */
async function hasStart(connection: Connection, options: MessagesOptions): Promise<boolean> {
  for await (const { message } of messagesTo(connection, options)) {
    if (message.body.type === 'Start') return true
  }
  return false
}
