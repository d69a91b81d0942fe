/** Golden journals: recorded histories replayed against the code as it is now. */

import { readFile } from 'node:fs/promises'
import type { Clock } from '../clock.ts'
import type { AnyWorkflow } from '../durable/definition.ts'
import { Execution } from '../durable/execution.ts'
import type { ExecutionHost } from '../durable/execution-host.ts'
import { applyEntry, isTerminal, startedRun, type RunState } from '../durable/run-state.ts'
import { seededRandomness } from '../durable/seeded-random.ts'
import { NondeterminismError } from '../errors.ts'
import { silentLogger } from '../logger.ts'
import type { Entry, EntryBody } from '../../schemas/records.ts'
import { canonical } from './checker/canonical.ts'
import { readHistory, type RecordedHistory } from './recorded-history.ts'
import { settled } from './virtual-clock.ts'

/** No code of a run takes so many turns without asking for anything. */
const mostTurns = 100_000

/**
 * Replays each history without running any step, and compares what the code asks for and how it
 * ends with what is recorded.
 * @param histories as `TestRun.history()` returns them, or the paths of JSON files with such
 * @throws NondeterminismError naming every history that the code no longer matches
 */
export async function replayHistories(
  definition: AnyWorkflow,
  histories: readonly (RecordedHistory | URL | string)[],
): Promise<void> {
  const differences: string[] = []
  for (const given of histories) {
    const { runId, entries } = readHistory(await contentOf(given))
    const difference = await differenceOf(definition, entries)
    if (difference !== null) differences.push(`run ${runId}: ${difference}`)
  }
  if (differences.length > 0) {
    throw new NondeterminismError(
      `'${definition.name}' no longer matches ${String(differences.length)} of ${String(histories.length)} histories: give the changed code a new version, and serve the old one until its runs have ended\n${differences.join('\n')}`,
    )
  }
}

async function contentOf(history: RecordedHistory | URL | string): Promise<unknown> {
  if (typeof history !== 'string' && !(history instanceof URL)) return history
  const content: unknown = JSON.parse(await readFile(history, 'utf8'))
  return content
}

async function differenceOf(
  definition: AnyWorkflow,
  [first, ...entries]: readonly Entry[],
): Promise<string | null> {
  if (first === undefined) return 'the history is empty'
  const run = startedRun(first)
  for (const entry of entries) {
    const { body } = entry
    if (body.type === 'RunContinued' || isTerminal(body)) {
      // What ends a generation is the answer to everything before it.
      const emitted = await replay(definition, run)
      const last = emitted.at(-1)
      if (canonical(last) !== canonical(body)) {
        return `${described(body)} is recorded (seq ${String(entry.seq)}), the code comes to ${described(last)}`
      }
    }
    applyEntry(run, entry)
  }
  if (run.status === 'ended') return null
  const parked = (await replay(definition, run)).find((body) => body.type === 'RunParked')
  return parked === undefined ? null : parked.error.message
}

/** What the code emits once it has seen all that is recorded. */
async function replay(definition: AnyWorkflow, run: RunState): Promise<readonly EntryBody[]> {
  const emitted: EntryBody[] = []
  const execution = new Execution(replayHost(run, emitted), definition, run)
  execution.start()
  const isOver = () => {
    const last = emitted.at(-1)
    const ends = ['RunContinued', 'RunParked']
    const hasEnded = last !== undefined && (isTerminal(last) || ends.includes(last.type))
    return hasEnded || !execution.isWorking
  }
  for (let turn = 0; turn < mostTurns && !isOver(); turn += 1) await settled()
  execution.dispose()
  return emitted
}

/** No body begins and nothing falls due. */
function replayHost(run: RunState, emitted: EntryBody[]): ExecutionHost {
  const clock: Clock = { now: () => run.at, after: () => () => undefined, yield: settled }
  return {
    clock,
    randomness: seededRandomness('replay'),
    logger: silentLogger,
    sabotage: undefined,
    emit: (body) => emitted.push(body),
    admit: () => undefined,
    keepUp: (_handed, goOn) => goOn(),
    at: () => undefined,
    setBusy: () => undefined,
  }
}

function described(body: EntryBody | undefined): string {
  if (body === undefined) return 'nothing'
  if ('output' in body) return `${body.type} ${Buffer.from(body.output).toString()}`
  if ('input' in body) return `${body.type} ${Buffer.from(body.input).toString()}`
  return 'error' in body ? `${body.type} '${body.error.message}'` : body.type
}
