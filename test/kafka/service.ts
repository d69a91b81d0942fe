/** A service as a process of its own that a test can kill, stop and wake. */

import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { inject } from 'vitest'

const root = join(import.meta.dirname, '../..')
const started = 'service started'

export class Service {
  readonly #child: ChildProcess
  readonly #ended: Promise<unknown>
  #said = ''

  /** Starts a program of the repository; resolves once it serves. */
  static async start(
    program: readonly string[],
    variables: Readonly<Record<string, string>> = {},
  ): Promise<Service> {
    const service = new Service(program, variables)
    await service.#untilStarted()
    return service
  }

  private constructor(program: readonly string[], variables: Readonly<Record<string, string>>) {
    this.#child = spawn(process.execPath, [...program], {
      cwd: root,
      env: {
        PATH: process.env['PATH'],
        NODE_COMPILE_CACHE: join(root, '.stoa/node'),
        KAFKA_BROKERS: inject('brokers'),
        SCHEMA_REGISTRY_URL: inject('registryUrl'),
        ...variables,
      },
      stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
    })
    this.#ended = once(this.#child, 'exit')
  }

  /** What it has logged. */
  get said(): string {
    return this.#said
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  /** Ends it as a crash does. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.#ended
  }

  /** Asks it to end; returns its exit code. */
  async stop(): Promise<number | null> {
    this.#child.kill('SIGTERM')
    await this.#ended
    return this.#child.exitCode
  }

  async #untilStarted(): Promise<void> {
    const seen = Promise.withResolvers<true>()
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#said += text
      if (this.#said.includes(started)) seen.resolve(true)
    })
    const isStarted = await Promise.race([seen.promise, this.#ended])
    if (isStarted !== true) throw new Error(`a service ended before it served: ${this.#said}`)
  }
}
