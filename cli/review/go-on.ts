/** How a review goes on that could not be waited for: its run is kept, and the same id leads to it. */

import { StoaError } from '../../runtime/errors.ts'
import { codeOf, exitCodeOf, exitCodes } from '../exit-code.ts'
import { shellWord } from '../terminal/shell.ts'
import type { Options } from './request.ts'

/** The command as it was given, with the id of the run. */
export function commandToGoOn(
  stoa: string,
  directory: string,
  options: Options,
  runId: string,
): string {
  const { out, policy, node, failOn, serve, output } = options
  const words = [
    ...['review', directory],
    ...(out === '.' ? [] : ['--out', out]),
    ...(policy === undefined ? [] : ['--policy', policy]),
    ...(node === 24 ? [] : ['--node', String(node)]),
    ...(failOn === 'high' ? [] : ['--fail-on', failOn]),
    ...(serve ? [] : ['--no-serve']),
    ...(output === 'text' ? [] : ['-o', output]),
    ...['--id', runId],
  ]
  return [stoa, ...words.map(shellWord)].join(' ')
}

/** The error, with how to go on where what it tells of only cut the waiting short. */
export function withGoingOn(error: unknown, runId: string, command: string): unknown {
  if (!(error instanceof StoaError) || exitCodeOf(error) !== exitCodes.unreachable) return error
  return new StoaError(`${error.message}; run ${runId} is kept, go on with \`${command}\``, {
    code: codeOf(error) ?? 'LOG_UNAVAILABLE',
    cause: error,
  })
}
