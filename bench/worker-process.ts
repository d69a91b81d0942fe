/** A worker as the benchmark sees it: what it logs, what it uses, and how it is ended. */

import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { z } from 'zod'
import { nowMs } from './clock.ts'
import { Usage, type Question, type WorkerOptions } from './worker-options.ts'

/** The registry's client calls `url.parse()`, which Node says of a service in one file. */
const flags = ['--expose-gc', '--disable-warning=DEP0169']
const root = join(import.meta.dirname, '..')
const stopMs = 5_000
const warning = 40

const LogLine = z.looseObject({
  level: z.number(),
  msg: z.string(),
  definition: z.string().optional(),
  partition: z.number().optional(),
})

export interface WorkerProcessOptions {
  /** The file with which the process begins. */
  readonly program: string
  readonly worker: WorkerOptions
  readonly environment: Readonly<Record<string, string>>
  /** A folder that gets a profile of its processor time when it stops in order. */
  readonly profile: string | undefined
  /** It owns a partition: what it has to do for that is done, or begun. */
  readonly onAcquired: (definition: string, partition: number) => void
}

export class WorkerProcess {
  /** When it was started. */
  readonly startedAt = nowMs()
  readonly ended: Promise<void>
  hasEnded = false
  readonly #process: ChildProcess

  constructor({ program, worker, environment, profile, onAcquired }: WorkerProcessOptions) {
    const profiling = profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`]
    this.#process = spawn(
      process.execPath,
      [...flags, ...profiling, program, JSON.stringify(worker)],
      {
        cwd: root,
        env: { ...environment, NODE_COMPILE_CACHE: join(root, '.stoa/node') },
        stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
      },
    )
    // What is sent to a process that ends is lost with it.
    this.#process.on('error', () => undefined)
    this.ended = once(this.#process, 'exit').then(() => {
      this.hasEnded = true
    })
    if (this.#process.stderr === null) return
    createInterface({ input: this.#process.stderr }).on('line', (line) => {
      hear(line, onAcquired)
    })
  }

  async usage(question: Question): Promise<Usage> {
    const answer = once(this.#process, 'message')
    this.#process.send(question)
    const [usage] = await Promise.race([answer, this.ended.then(() => [undefined])])
    return Usage.parse(usage)
  }

  /** Heap and buffers after garbage collection, in bytes. */
  async memoryBytes(): Promise<number> {
    const { memoryBytes } = await this.usage({ collectsGarbage: true })
    return memoryBytes
  }

  signal(signal: NodeJS.Signals): void {
    this.#process.kill(signal)
  }

  /** As a power cut would. */
  async kill(): Promise<void> {
    this.signal('SIGKILL')
    await this.ended
  }

  /** In order, as long as that does not take long. */
  async stop(): Promise<void> {
    this.signal('SIGTERM')
    const timer = setTimeout(() => {
      this.signal('SIGKILL')
    }, stopMs)
    await this.ended
    clearTimeout(timer)
  }
}

function hear(line: string, onAcquired: WorkerProcessOptions['onAcquired']): void {
  const parsed = LogLine.safeParse(parseLine(line))
  if (!parsed.success || parsed.data.level >= warning) process.stderr.write(`${line}\n`)
  if (!parsed.success) return
  const { msg, definition, partition } = parsed.data
  if (msg !== 'partition acquired' || definition === undefined || partition === undefined) return
  onAcquired(definition, partition)
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
