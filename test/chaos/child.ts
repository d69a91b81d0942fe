/** A program of this folder as a process of its own, which is told and asked over its channel. */

import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { join } from 'node:path'
import type { z } from 'zod'

const root = join(import.meta.dirname, '../..')

export interface ChildOptions {
  readonly program: string
  readonly argument: string
  /** All that it prints is appended to this file. */
  readonly output: string
}

export class Child {
  readonly #process: ChildProcess
  readonly #program: string
  /** Resolves when it has ended, with its exit code. */
  readonly ended: Promise<number | null>
  hasEnded = false
  #turn: Promise<unknown> = Promise.resolve()

  constructor({ program, argument, output }: ChildOptions) {
    const file = openSync(output, 'a')
    this.#program = program
    this.#process = spawn(process.execPath, [join(import.meta.dirname, program), argument], {
      cwd: root,
      env: { PATH: process.env['PATH'], NODE_COMPILE_CACHE: join(root, '.stoa/node') },
      stdio: ['ignore', file, file, 'ipc'],
    })
    closeSync(file)
    // What is sent to a process that ends is lost with it.
    this.#process.on('error', () => undefined)
    this.ended = once(this.#process, 'exit').then(() => {
      this.hasEnded = true
      return this.#process.exitCode
    })
  }

  tell(command: object): void {
    if (this.#process.connected) this.#process.send(command, () => undefined)
  }

  /** What it says next. @throws when it ends before */
  async next<T>(schema: z.ZodType<T>): Promise<T> {
    const controller = new AbortController()
    const said = once(this.#process, 'message', { signal: controller.signal })
    said.catch(() => undefined)
    const first = await Promise.race([said, this.ended])
    controller.abort()
    if (!Array.isArray(first)) throw new Error(`${this.#program} ended with ${String(first)}`)
    return schema.parse(first[0])
  }

  /** Tells it something and returns its answer; one question at a time. */
  ask<T>(command: object, schema: z.ZodType<T>): Promise<T> {
    const asked = this.#turn.then(() => {
      const answer = this.next(schema)
      this.tell(command)
      return answer
    })
    this.#turn = asked.catch(() => undefined)
    return asked
  }

  signal(signal: NodeJS.Signals): void {
    this.#process.kill(signal)
  }

  async kill(): Promise<void> {
    this.signal('SIGKILL')
    await this.ended
  }
}
