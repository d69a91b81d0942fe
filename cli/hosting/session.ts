/**
 * Kafka, its topics and the services, for as long as one command needs them.
 *
 * 1. What was there before stays; what was started here is stopped, in the opposite order.
 * 2. Everything that can be is done at the same time: Kafka is launched first, and while it starts
 *    the services are loaded, and what it takes to talk to them.
 */

import { setTimeout as delay } from 'node:timers/promises'
import { reviveBackend, startBackend, type Revival } from '../../deploy/local/backend.ts'
import { messageOf } from '../../runtime/errors.ts'
import { findBackend, givenOf, localBackend, type NamedBackend } from '../backend.ts'
import type { Connection } from '../connection.ts'
import { withoutBackend } from '../home.ts'
import type { Invocation } from '../invocation.ts'
import { isKafkaThere } from '../reach.ts'
import { serviceNames, type ServiceName } from './order.ts'
import { ServiceGroup } from './service-group.ts'
import { isServing, readServices } from './services-record.ts'

export interface SessionOptions {
  /** Whether the services are served here, where they do not run already. */
  readonly serve: boolean
  /** Told what goes on. */
  readonly stage: (text: string) => void
  /** Told what stays to be seen. */
  readonly note: (line: string) => void
}

/** A backend that is still starting when it is no longer wanted gets this long. */
const patienceMs = 5_000
const longestStopMs = 8_000

export class Session {
  readonly #invocation: Invocation
  readonly #options: SessionOptions
  readonly #cleanups: (() => Promise<unknown>)[] = []
  readonly #failed = Promise.withResolvers<never>()
  readonly #launched = Promise.withResolvers<undefined>()
  readonly #served = new Set<ServiceName>()
  #backend: NamedBackend | undefined
  #hasStarted = false
  #isStopped = false

  constructor(invocation: Invocation, options: SessionOptions) {
    this.#invocation = invocation
    this.#options = options
    this.#failed.promise.catch(() => undefined)
  }

  /** Rejects when a service cannot be kept up. */
  get failed(): Promise<never> {
    return this.#failed.promise
  }

  /** Resolves once Kafka needs no more of this process than to wait for it. */
  get launched(): Promise<undefined> {
    return this.#launched.promise
  }

  /** Starts what is missing and connects; call `stop` however it ends. */
  async open(): Promise<Connection> {
    const { variables } = this.#invocation
    const given = await givenOf(variables)
    // Where nobody serves, a Kafka that is started only now would be of no use.
    const starting =
      given ?? (this.#options.serve ? this.#startLocal() : findBackend(this.#invocation))
    const launched = () => this.#launched.resolve(undefined)
    void Promise.resolve(starting).then(launched, launched)
    await this.launched
    const early = this.#load(this.#missingOn(undefined), given === undefined)
    const [backend, { ensureReviewTopics }] = await Promise.all([
      starting,
      import('../topics/ensure.ts'),
    ])
    this.#assertOpen()
    this.#backend = backend
    this.#options.stage('connecting')
    const connecting = this.#connect(backend)
    connecting.catch(() => undefined)
    await ensureReviewTopics(backend, () => this.#options.stage('creating topics'))
    this.#assertOpen()
    // Those in the background may have turned out to serve another Kafka.
    const late = this.#missingOn(backend).filter((name) => !this.#served.has(name))
    if (this.#served.size + late.length > 0) this.#options.stage('starting the services')
    early?.serve(backend.variables)
    this.#load(late, backend.isLocal)?.serve(backend.variables)
    return connecting
  }

  /** Whether a broker answers. */
  async isKafkaThere(): Promise<boolean> {
    return this.#backend !== undefined && isKafkaThere(this.#backend.environment)
  }

  /** The addresses of the brokers, once they are known. */
  get brokers(): string {
    return this.#backend?.environment.brokers.join(',') ?? ''
  }

  /** Starts a Kafka of this machine again if it has died. */
  async reviveKafka(): Promise<Revival> {
    if (this.#backend?.isLocal !== true) return 'runs'
    const { home, variables } = this.#invocation
    return reviveBackend({ directory: home, env: variables, progress: this.#options.note })
  }

  /** Serves what has ended in the background since, and names it. */
  replaceEnded(): void {
    if (this.#backend === undefined) return
    const ended = this.#missingOn(this.#backend).filter((name) => !this.#served.has(name))
    if (ended.length === 0) return
    this.#options.note(
      `not running in the background any more: ${ended.join(', ')}; served by this review until it ends, and again by \`stoa up\``,
    )
    this.#load(ended, this.#backend.isLocal)?.serve(this.#backend.variables)
  }

  /**
   * Stops what was started here. What takes too long is left behind: it ends by itself once this
   * process has.
   */
  async stop(): Promise<void> {
    this.#isStopped = true
    if (this.#hasStarted) this.#options.stage('stopping')
    await Promise.race([this.#cleanUp(), delay(longestStopMs, undefined, { ref: false })])
  }

  async #cleanUp(): Promise<void> {
    for (const cleanup of this.#cleanups.splice(0).reverse()) {
      try {
        await cleanup()
      } catch (error) {
        const reason = messageOf(error)
        this.#options.note(`stoa: not everything could be stopped: ${reason}`)
      }
    }
  }

  /** Whoever opened it may have given up meanwhile. */
  #assertOpen(): void {
    if (this.#isStopped) throw new Error('the session was stopped while it was opened')
  }

  async #startLocal(): Promise<NamedBackend> {
    const { home, variables } = this.#invocation
    // Nothing is told of a backend that is up.
    const progress = (line: string) => {
      this.#hasStarted = true
      this.#options.stage(line)
    }
    const starting = startBackend({
      ...{ directory: home, progress, env: variables },
      onLaunched: () => this.#launched.resolve(undefined),
    })
    const stop = starting.then(
      (backend) => () => backend.stop(),
      () => () => Promise.resolve(),
    )
    // First in the list, so last to be stopped.
    this.#cleanups.unshift(async () => {
      const stopStarted = await Promise.race([stop, delay(patienceMs, undefined, { ref: false })])
      await stopStarted?.()
    })
    return localBackend(await starting, variables)
  }

  async #connect(backend: NamedBackend): Promise<Connection> {
    const { openConnection } = await import('../connection.ts')
    const connection = await openConnection(backend, this.#invocation.variables)
    this.#cleanups.push(() => connection.close())
    return connection
  }

  /** Loads services, to serve when they are told. */
  #load(names: readonly ServiceName[], isLocal: boolean): ServiceGroup | undefined {
    if (names.length === 0) return undefined
    this.#hasStarted = true
    for (const name of names) this.#served.add(name)
    const { home, variables } = this.#invocation
    const services = new ServiceGroup({
      // For one command a process of its own for each would mostly load the same code.
      processes: [names],
      home,
      variables: isLocal ? withoutBackend(variables) : variables,
      onRestart: (name, how) =>
        this.#options.note(`service ${name} ended (${how}); it is started again`),
    })
    services.failed.catch((error: unknown) => this.#failed.reject(error))
    this.#cleanups.push(() => services.stop())
    return services
  }

  /** The services that do not run in the background on a backend; without one, on whichever. */
  #missingOn(backend: NamedBackend | undefined): readonly ServiceName[] {
    if (!this.#options.serve) return []
    const record = readServices(this.#invocation.home)
    const isOther =
      backend !== undefined && record?.brokers !== backend.environment.brokers.join(',')
    const serving = isOther ? [] : (record?.services.filter(isServing) ?? [])
    const running = serving.map(({ name }) => name)
    return serviceNames.filter((name) => !running.includes(name))
  }
}
