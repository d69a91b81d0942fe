/** `stoa review <directory>`: from the lock to the report, with everything that takes. */

import { readFile } from 'node:fs/promises'
import { Report } from '../../services/contracts/report.ts'
import type { ReviewOutcome } from '../../services/contracts/review.ts'
import { exitCodes } from '../exit-code.ts'
import { commandIn } from '../home.ts'
import { rejectionOf, type Invocation } from '../invocation.ts'
import { parsed } from '../options.ts'
import { jsonText } from '../terminal/json.ts'
import { span } from '../terminal/times.ts'
import { commandToGoOn } from './go-on.ts'
import { outcomeText } from './outcome.ts'
import { Progress } from './progress.ts'
import { checkRequest, newRunId, Options, requestOf } from './request.ts'

/**
 * Reviews a project. Standard output has the outcome; with `-o json` the report itself, byte for
 * byte as in report.json, or what the run returned where that file cannot be read from here.
 */
export async function review(
  invocation: Invocation,
  directory: unknown,
  given: unknown,
): Promise<number> {
  const { cwd, terminal } = invocation
  const options = parsed(Options, given)
  const request = requestOf(directory, options, cwd)
  const tree = await checkRequest(request)
  const runId = options.id ?? newRunId(tree.project.name, new Date())
  const interrupt = invocation.claimInterrupts()
  const progress = new Progress(terminal)
  // Loaded only now, so that a mistake is told at once.
  const { Session } = await import('../hosting/session.ts')
  const session = new Session(invocation, {
    serve: options.serve,
    stage: (text) => progress.stage(text),
    note: (line) => progress.note(line),
  })
  try {
    const opening = session.open()
    opening.catch(() => undefined)
    // While Kafka starts there is time to load what talks to it.
    await Promise.race([opening, session.launched, rejectionOf(interrupt)])
    const { performReview } = await import('./perform.ts')
    const outcome = await performReview({
      ...{ session, opening, request, progress, interrupt },
      runId,
      isGivenId: options.id !== undefined,
      packages: tree.packages.length,
      commandToGoOn: commandToGoOn(commandIn(cwd), String(directory), options, runId),
    })
    await show(invocation, options.output, { runId, outcome }, span(progress.elapsedMs()))
    return outcome.verdict === 'fail' ? exitCodes.findings : exitCodes.ok
  } finally {
    await session.stop()
    progress.close()
  }
}

async function show(
  { terminal }: Invocation,
  format: Options['output'],
  { runId, outcome }: { readonly runId: string; readonly outcome: ReviewOutcome },
  took: string,
): Promise<void> {
  const text = await readFile(outcome.report.json, 'utf8').catch(() => '')
  const report = reportOf(text, runId)
  if (format === 'json') {
    terminal.print(report === undefined ? jsonText(outcome) : text.trimEnd())
    return
  }
  const { colors, columns } = terminal
  terminal.print(outcomeText(outcome, report, { colors, columns, took }))
}

/** The report of this run: another review may have written to the same folder since. */
function reportOf(text: string, runId: string): Report | undefined {
  try {
    const report = Report.parse(JSON.parse(text))
    return report.meta.runId === runId ? report : undefined
  } catch {
    return undefined
  }
}
