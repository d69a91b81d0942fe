/**
 * The connections to one broker for one purpose. A broker answers a connection's requests one after
 * another, so what waits there (a long poll, a join) must not share a link with what is in a hurry.
 *
 * A request settles within its time. The first that finds the connection broken ends the link with
 * everything that is under way on it; whoever asks next makes a new one.
 */

import Broker from 'kafkajs/src/broker/index.js'
import connectionPoolBuilder, {
  type Connection,
  type ConnectionPool,
} from 'kafkajs/src/cluster/connectionPoolBuilder.js'
import loggers from 'kafkajs/src/loggers/index.js'
import type { Call } from 'kafkajs/src/protocol/requests/index.js'
import { ReadyCall } from './bytes.ts'
import { brokerError } from './errors.ts'
import { clientLogger, clientSasl, type KafkaOptions } from './options.ts'
import { hearEnd, openSocket } from './patches.ts'

export interface Address {
  readonly host: string
  readonly port: number
}

const connectionTimeoutMs = 3_000
const requestTimeoutMs = 10_000
const fetchKey = 1

export class Link {
  readonly #options: KafkaOptions
  readonly #address: Address
  readonly #hasFetchLine: boolean
  readonly #underWay = new Set<(error: Error) => void>()
  #opening: Promise<{ broker: Broker; pool: ConnectionPool }> | undefined
  #pool: ConnectionPool | undefined
  readonly #connecting: [Promise<unknown>?, Promise<unknown>?] = []
  #isClosed = false

  /** With `hasFetchLine` fetches have a connection of their own, and hold nothing else up. */
  constructor(options: KafkaOptions, address: Address, hasFetchLine: boolean) {
    this.#options = options
    this.#address = address
    this.#hasFetchLine = hasFetchLine
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  /** Sends a request; `waitMs` is what the broker may take on purpose before it answers. */
  send<R>(call: Call<R>, waitMs = 0): Promise<R> {
    if (this.#isClosed) return Promise.reject(new Error(this.#describe('the connection is closed')))
    return new Promise((resolve, reject) => {
      const settle = () => {
        clearTimeout(timer)
        this.#underWay.delete(end)
      }
      const end = (error: Error) => {
        settle()
        reject(error)
      }
      const timer = setTimeout(
        () => this.close(this.#describe(`no answer to ${call.request.apiName}`)),
        requestTimeoutMs + waitMs,
      )
      this.#underWay.add(end)
      this.#request(call).then(
        (response) => {
          settle()
          resolve(response)
        },
        (error: unknown) => {
          // First, so that its own error is not the link's.
          end(error instanceof Error ? error : new Error(String(error)))
          if (brokerError(error) === undefined) this.close(this.#describe('the connection broke'))
        },
      )
    })
  }

  /** Ends the connections at once; what is under way fails. */
  close(reason = this.#describe('the connection was closed')): void {
    if (this.#isClosed) return
    this.#isClosed = true
    for (const end of [...this.#underWay]) end(new Error(reason))
    for (const { socket } of this.#pool?.pool ?? []) socket?.destroy()
  }

  #request<R>(call: Call<R>): Promise<R> {
    const index = this.#hasFetchLine && call.request.apiKey === fetchKey ? 1 : 0
    const connection = this.#pool?.pool[index]
    if (call instanceof ReadyCall && connection !== undefined && this.#isOpen(connection)) {
      return sendReady(connection, call as ReadyCall<R>)
    }
    return this.#connectAndSend(call, index)
  }

  #isOpen(connection: Connection): boolean {
    const needsNoName = this.#options.sasl === undefined
    return connection.isConnected() && (needsNoName || connection.isAuthenticated())
  }

  async #connectAndSend<R>(call: Call<R>, index: 0 | 1): Promise<R> {
    const { broker, pool } = await (this.#opening ??= this.#open())
    if (!broker.isConnected()) await broker.connect()
    await this.#connect(pool, index)
    return pool.pool[index].send(call)
  }

  /** By itself a connection is opened once for each request that finds it closed. */
  async #connect(pool: ConnectionPool, index: 0 | 1): Promise<void> {
    const connection = pool.pool[index]
    if (connection.isConnected()) return
    this.#connecting[index] ??= connection.connect().finally(() => {
      this.#connecting[index] = undefined
    })
    await this.#connecting[index]
  }

  async #open(): Promise<{ broker: Broker; pool: ConnectionPool }> {
    const { brokers, clientId, ssl, socketFactory } = this.#options
    const logger = loggers.createLogger({
      // Below this level every request would be described, whether or not anyone reads it.
      level: loggers.LEVELS.INFO,
      logCreator: clientLogger(this.#options),
    })
    const builder = connectionPoolBuilder({
      brokers,
      clientId,
      ssl,
      sasl: clientSasl(this.#options.sasl),
      socketFactory: (request) => {
        const socket =
          socketFactory === undefined ? openSocket(request) : hearEnd(socketFactory(request))
        // A connection that was being opened when the link closed has nobody who would end it.
        if (this.#isClosed) socket.destroy()
        return socket
      },
      connectionTimeout: connectionTimeoutMs,
      requestTimeout: requestTimeoutMs,
      // `send` has timers of its own; kafkajs's look ten times a second at every connection.
      enforceRequestTimeout: false,
      maxInFlightRequests: null,
      logger,
    })
    const pool = await builder.build(this.#address)
    this.#pool = pool
    return {
      broker: new Broker({ connectionPool: pool, logger, allowAutoTopicCreation: false }),
      pool,
    }
  }

  #describe(what: string): string {
    return `${what} (${this.#address.host}:${this.#address.port})`
  }
}

/** By itself a connection copies a request twice, and takes a dozen turns for it and its answer. */
function sendReady<R>(connection: Connection, call: ReadyCall<R>): Promise<R> {
  return new Promise((resolve, reject) => {
    const { apiKey, apiVersion, apiName } = call.request
    const correlationId = connection.nextCorrelationId()
    const bytes = call.bytes(correlationId, connection.clientId)
    const answered = ({ payload }: { readonly payload: Buffer }) => {
      // A response that cannot be read rejects, and does not throw into the socket.
      resolve(new Promise((settle) => settle(call.read(payload))))
    }
    connection.requestQueue.push({
      entry: { apiKey, apiVersion, apiName, correlationId, resolve: answered, reject },
      expectResponse: true,
      requestTimeout: null,
      sendRequest: () => connection.socket?.write(bytes),
    })
  })
}
