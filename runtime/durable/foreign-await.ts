/** Code that awaits what is not of its context: no entry could ever continue it after a crash. */

import { TerminalError } from '../errors.ts'
import type { ExecutionHost } from './execution-host.ts'

/** How long the code of a run may await something that is not of its context. */
const foreignAwaitMs = 10_000

/** Calls back after that time, with the reason why the run has to be parked if it still awaits. */
export function watchForeignAwait(
  { clock, at }: Pick<ExecutionHost, 'clock' | 'at'>,
  runId: string,
  callback: (error: TerminalError) => void,
): void {
  at(clock.now() + foreignAwaitMs, () => {
    const message = `run ${runId} awaits a promise that is not of its context: await only what ctx returns, and do other work in a step`
    callback(new TerminalError(message, { code: 'FOREIGN_AWAIT' }))
  })
}
