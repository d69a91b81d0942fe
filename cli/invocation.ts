/** What a command is given: where it was called, what it may write to, and how it is interrupted. */

import { constants } from 'node:os'
import { homeOf, withoutOwnBackend, type Variables } from './home.ts'
import { terminalOn, type Terminal } from './terminal/terminal.ts'

export interface Invocation {
  readonly cwd: string
  readonly variables: Variables
  /** See `homeOf`. */
  readonly home: string
  readonly terminal: Terminal
  /**
   * From here on the first interrupt aborts the signal, with a reason that is an `Interruption`,
   * and the second ends the process. Before, the first ends it.
   */
  claimInterrupts(): AbortSignal
}

/** The command was told to end; it does so once it has stopped what it started. */
export class Interruption extends Error {
  readonly exitCode: number

  constructor(signal: InterruptSignal) {
    super('interrupted')
    this.exitCode = 128 + constants.signals[signal]
  }
}

const interruptSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
type InterruptSignal = (typeof interruptSignals)[number]

/** The invocation of this process. */
export function invocationOf(process: NodeJS.Process): Invocation {
  const cwd = process.cwd()
  const home = homeOf(process.env, cwd)
  // A shell that has taken what `stoa up` printed means the local Kafka, and not one that is given.
  const variables = withoutOwnBackend(process.env, home)
  endQuietlyWithoutReader(process)
  return {
    cwd,
    variables,
    home,
    terminal: terminalOn(process.stdout, process.stderr, variables),
    claimInterrupts() {
      const controller = new AbortController()
      for (const signal of interruptSignals) {
        process.on(signal, () => {
          const interruption = new Interruption(signal)
          if (controller.signal.aborted) process.exit(interruption.exitCode)
          controller.abort(interruption)
        })
      }
      return controller.signal
    },
  }
}

/** Rejects with the signal's reason once it is aborted; unhandled, it does no harm. */
export function rejectionOf(signal: AbortSignal): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>()
  promise.catch(() => undefined)
  const fail = () => reject(signal.reason)
  if (signal.aborted) fail()
  else signal.addEventListener('abort', fail, { once: true })
  return promise
}

/** Whoever reads, such as `head`, may have seen enough. */
function endQuietlyWithoutReader(process: NodeJS.Process): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0)
    throw error
  })
}
