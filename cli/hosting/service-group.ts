/**
 * The services of the review, as children of this process.
 *
 * 1. They are loaded at once and serve once they are told of a backend.
 * 2. One that ends before it serves fails the group; one that ends later is started again, a few
 *    times, because its work goes on where it was.
 */

import { resolve } from 'node:path'
import type { Variables } from '../home.ts'
import { ServiceProcess } from './service-process.ts'
import type { ServiceName } from './order.ts'

export interface ServiceGroupOptions {
  /** The services of each process. */
  readonly processes: readonly (readonly ServiceName[])[]
  readonly home: string
  readonly variables: Variables
  /** Told when a service has ended and is started again. */
  readonly onRestart: (name: string, how: string) => void
}

/** A service that has nothing under way ends in a moment. */
const graceMs = 5_000
const mostRestarts = 3

export class ServiceGroup {
  readonly #options: ServiceGroupOptions
  readonly #processes = new Map<string, ServiceProcess>()
  readonly #failed = Promise.withResolvers<never>()
  #environment: Readonly<Record<string, string>> | undefined
  #restarts = 0
  #isStopping = false

  constructor(options: ServiceGroupOptions) {
    this.#options = options
    this.#failed.promise.catch(() => undefined)
    for (const names of options.processes) this.#start(names)
  }

  get processes(): readonly ServiceProcess[] {
    return [...this.#processes.values()]
  }

  /** Rejects when a service cannot be kept up. */
  get failed(): Promise<never> {
    return this.#failed.promise
  }

  /** Lets all of them serve. */
  serve(environment: Readonly<Record<string, string>>): void {
    this.#environment = environment
    for (const service of this.processes) service.serve(environment)
  }

  /** Resolves once all of them serve. */
  async serving(): Promise<void> {
    const all = Promise.all(this.processes.map((service) => service.serving))
    await Promise.race([all, this.failed])
  }

  /** Lets all of them outlive this process. */
  async release(): Promise<void> {
    this.#isStopping = true
    await Promise.all(this.processes.map((service) => service.release()))
  }

  /** Ends all of them, at the same time. */
  async stop(): Promise<void> {
    this.#isStopping = true
    await Promise.all(this.processes.map((service) => service.stop(graceMs)))
  }

  #start(names: readonly ServiceName[]): void {
    const { home, variables, onRestart } = this.#options
    const service = new ServiceProcess({ names, home, variables: absolute(variables) })
    const { name } = service
    this.#processes.set(name, service)
    if (this.#environment !== undefined) service.serve(this.#environment)
    let hasServed = false
    service.serving.then(() => (hasServed = true), this.#fail)
    void service.ended.then((how) => {
      if (this.#isStopping || !hasServed) return
      this.#restarts += 1
      if (this.#restarts > mostRestarts) {
        this.#fail(service.failure(how))
        return
      }
      onRestart(name, how)
      this.#start(names)
    })
  }

  readonly #fail = (error: unknown): void => {
    if (!this.#isStopping) this.#failed.reject(error)
  }
}

/** The launcher may name the folder of compiled code from where the command was called. */
function absolute(variables: Variables): Variables {
  const cache = variables['NODE_COMPILE_CACHE']
  return cache === undefined ? variables : { ...variables, NODE_COMPILE_CACHE: resolve(cache) }
}
