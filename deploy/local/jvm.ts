/**
 * A JVM that this process started: its output goes to a file, and it ends with its users.
 *
 * Of each name at most one runs on a directory: who starts one ends what an earlier process left.
 */

import { spawn, type ChildProcess } from 'node:child_process'
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

import { StoaError } from '../../runtime/errors.ts'
import { terminate } from './process.ts'

export interface JvmOptions {
  /** For messages: 'Kafka'. */
  readonly name: string
  /** Output is appended to `<file>.log` and the process id kept in `<file>.pid`. */
  readonly file: string
  /** Where the two files are, and everything the JVM writes; its command line must name it. */
  readonly directory: string
  readonly java: string
  readonly arguments: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  /** The folder of users.ts: the JVM ends when nobody is left in it. */
  readonly users: string
  /** Held by whoever adds a user or ends the last one. */
  readonly lock: string
}

/** Small heaps and the quickest compiler: they start fast and serve one person. */
export const jvmFlags = ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-XX:-UsePerfData']

const keeperScript = join(import.meta.dirname, 'keeper.sh')
const startTimeoutMs = 120_000
const defaultGraceMs = 8000

/** Starts a JVM, after ending one that was left on the same directory. */
export async function startJvm(options: JvmOptions): Promise<Jvm> {
  const left = Number(textOf(join(options.directory, `${options.file}.pid`)))
  if (left > 0) await terminate(left, options.directory, defaultGraceMs)
  return new Jvm(options)
}

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
    const log = openSync(join(options.directory, `${options.file}.log`), 'a')
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
    writeFileSync(join(options.directory, `${options.file}.pid`), `${child.pid}\n`)
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

  /** Resolves once `answers` says yes; rejects when the JVM ends before, or takes two minutes. */
  async ready(answers: () => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + startTimeoutMs
    while (!(await answers())) {
      if (!this.#running) throw this.#failure('ended while starting')
      if (Date.now() > deadline) {
        await this.kill()
        throw this.#failure('did not answer within two minutes')
      }
      await delay(25)
    }
    if (!this.#running) throw this.#failure('ended while starting')
  }

  /** Asks it to end, and insists after the grace period. */
  async stop(graceMs = defaultGraceMs): Promise<void> {
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
    const { name, directory, file } = this.#options
    const log = join(directory, `${file}.log`)
    const lines = textOf(log).trimEnd().split('\n').slice(-3).join(' | ')
    return new StoaError(`${name} ${what}: ${lines} (all it printed is in ${log})`, {
      code: 'BACKEND_FAILED',
    })
  }
}

/** What configures another registry or another JVM must not configure ours. */
function inheritedEnvironment(): NodeJS.ProcessEnv {
  const foreign = /^(APICURIO|QUARKUS|KAFKA)_|^(JDK_)?JAVA_OPTIONS$|^CLASSPATH$/
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)))
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
