/**
 * Services in a child process. It ends with this one, however this one ends, unless it was told to
 * stay; what it prints is appended to a file.
 */

import { spawn, type ChildProcess } from 'node:child_process'
import { closeSync, fstatSync, mkdirSync, openSync } from 'node:fs'
import { dirname, extname, join } from 'node:path'
import { CommandError } from '../exit-code.ts'
import { logFileOf, type Variables } from '../home.ts'
import { lastWords, rotate } from './service-log.ts'
import { isReport, type Order, processName, type ServiceName } from './order.ts'

export interface ServiceProcessOptions {
  /** What it serves. */
  readonly names: readonly ServiceName[]
  readonly home: string
  /** What it starts with; the rest of its environment comes with `serve`. */
  readonly variables: Variables
}

/** The program, beside this file, compiled or not. */
const hostProgram = join(import.meta.dirname, `host${extname(import.meta.filename)}`)

export class ServiceProcess {
  readonly names: readonly ServiceName[]
  readonly name: string
  readonly pid: number
  readonly logFile: string
  readonly startedAt = Date.now()
  /** Resolves once it serves; rejects with SERVICE_FAILED, and its last words, when it ends before. */
  readonly serving: Promise<void>
  /** Resolves with how it ended: a signal's name, or its exit code. */
  readonly ended: Promise<string>
  readonly #child: ChildProcess
  readonly #logStart: number
  #isRunning = true

  constructor({ names, home, variables }: ServiceProcessOptions) {
    this.names = names
    this.name = processName(names)
    this.logFile = logFileOf(home, this.name)
    mkdirSync(dirname(this.logFile), { recursive: true })
    rotate(this.logFile)
    const log = openSync(this.logFile, 'a')
    this.#logStart = fstatSync(log).size
    // Its name and folder tell it from other processes (see services-record.ts). It gets a session
    // of its own, so that an interrupt at the terminal is not sent to it.
    this.#child = spawn(process.execPath, [...typeFlags(), hostProgram, this.name, home], {
      cwd: home,
      detached: true,
      env: variables,
      stdio: ['ignore', log, log, 'ipc'],
    })
    closeSync(log)
    this.pid = this.#child.pid ?? 0
    this.ended = new Promise((resolve) => {
      this.#child.once('error', (error) => resolve(error.message))
      this.#child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`))
    })
    void this.ended.then(() => (this.#isRunning = false))
    this.serving = this.#awaitServing()
    // Whoever waits for it hears of it; whoever does not must not end by it.
    this.serving.catch(() => undefined)
  }

  get isRunning(): boolean {
    return this.#isRunning
  }

  /** Lets it serve. */
  serve(environment: Readonly<Record<string, string>>): void {
    this.#tell({ do: 'serve', environment })
  }

  /** Lets it outlive this process. */
  async release(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#tell({ do: 'stay' }, resolve)
    })
    this.#child.disconnect()
    this.#child.unref()
  }

  /** Asks it to end, and insists after the grace period. */
  async stop(graceMs: number): Promise<void> {
    if (!this.#isRunning) return
    this.#child.kill('SIGTERM')
    const insist = setTimeout(() => this.#child.kill('SIGKILL'), graceMs)
    await this.ended
    clearTimeout(insist)
  }

  /** What it was about when it ended, for a message. */
  failure(how: string): CommandError {
    const words = lastWords(this.logFile, this.#logStart)
    return new CommandError(
      `service ${this.name} ended (${how}): ${words}; all of it is in ${this.logFile}`,
      { code: 'SERVICE_FAILED' },
    )
  }

  async #awaitServing(): Promise<void> {
    const reported = new Promise<undefined>((resolve) => {
      this.#child.on('message', (message) => {
        if (isReport(message)) resolve(undefined)
      })
    })
    const how = await Promise.race([reported, this.ended])
    if (how !== undefined) throw this.failure(how)
  }

  #tell(order: Order, onSent: () => void = () => undefined): void {
    // One that has ended already is heard of by `ended`.
    if (this.#child.connected) this.#child.send(order, onSent)
    else onSent()
  }
}

/** Older versions of Node are told to run the sources. */
function typeFlags(): readonly string[] {
  return process.execArgv.filter((flag) => /strip-types|disable-warning/.test(flag))
}
