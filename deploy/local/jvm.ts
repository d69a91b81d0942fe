/** A JVM that this process started: its output goes to a file, and it ends with its users. */

import { spawn, type ChildProcess } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

import { StoaError } from '../../runtime/errors.ts'

export interface JvmOptions {
  /** For messages: 'Kafka'. */
  readonly name: string
  readonly java: string
  readonly arguments: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  /** Everything it prints is appended here. */
  readonly logFile: string
  /** The folder of users.ts: the JVM ends when nobody is left in it. */
  readonly users: string
  /** Held by whoever adds a user or ends the last one. */
  readonly lock: string
}

/** Small heaps and the quickest compiler: they start fast and serve one person. */
export const jvmFlags = ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-XX:-UsePerfData']

const keeperScript = join(import.meta.dirname, 'keeper.sh')
const startTimeoutMs = 60_000

export class Jvm {
  readonly pid: number
  /** Resolves when it has ended, for whatever reason. */
  readonly ended: Promise<void>
  readonly #options: JvmOptions
  readonly #child: ChildProcess
  #running = true

  /** Starts it in a session of its own, so that an interrupt at the terminal is not sent to it. */
  constructor(options: JvmOptions) {
    this.#options = options
    mkdirSync(dirname(options.logFile), { recursive: true })
    const log = openSync(options.logFile, 'a')
    const child = spawn(options.java, options.arguments, {
      detached: true,
      stdio: ['ignore', log, log],
      env: { ...inheritedEnvironment(), ...options.environment },
    })
    closeSync(log)
    this.ended = new Promise((resolve) => {
      child.once('error', () => resolve())
      child.once('exit', () => resolve())
    })
    if (child.pid === undefined) throw this.#failure('cannot be started')
    this.pid = child.pid
    this.#child = child
    const keeper = spawn('sh', [keeperScript, options.users, options.lock, String(child.pid)], {
      detached: true,
      stdio: 'ignore',
    })
    // A process that only forgot to stop its backend may end.
    keeper.unref()
    child.unref()
    void this.ended.then(() => {
      this.#running = false
      keeper.kill()
    })
  }

  /** Resolves once `answers` says yes; rejects when the JVM ends before, or takes a minute. */
  async ready(answers: () => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + startTimeoutMs
    while (!(await answers())) {
      if (!this.#running) throw this.#failure('ended while starting')
      if (Date.now() > deadline) throw this.#failure('did not answer within a minute')
      await delay(25)
    }
    if (!this.#running) throw this.#failure('ended while starting')
  }

  /** Asks it to end, and insists after the grace period. */
  async stop(graceMs = 8000): Promise<void> {
    this.#child.ref()
    this.#signal('SIGTERM')
    const insist = setTimeout(() => this.#signal('SIGKILL'), graceMs)
    await this.ended
    clearTimeout(insist)
  }

  /** Ends it as a power cut would. */
  async kill(): Promise<void> {
    this.#child.ref()
    this.#signal('SIGKILL')
    await this.ended
  }

  #signal(signal: NodeJS.Signals): void {
    if (!this.#running) return
    try {
      process.kill(this.pid, signal)
    } catch {
      // It ended by itself a moment ago.
    }
  }

  #failure(what: string): StoaError {
    const { name, logFile } = this.#options
    return new StoaError(`${name} ${what}: ${lastLines(logFile)} (all of it is in ${logFile})`, {
      code: 'BACKEND_FAILED',
    })
  }
}

/** What configures another registry or another JVM must not configure ours. */
function inheritedEnvironment(): NodeJS.ProcessEnv {
  const foreign = /^(APICURIO|QUARKUS|KAFKA)_|^(JDK_)?JAVA_OPTIONS$|^CLASSPATH$/
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)))
}

function lastLines(path: string): string {
  try {
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n')
    return lines.slice(-3).join(' | ')
  } catch {
    return 'it printed nothing'
  }
}
