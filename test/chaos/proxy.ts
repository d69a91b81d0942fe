/**
 * A TCP proxy in front of the brokers. Every connection begins with a line that says which wire it
 * belongs to and which broker it wants; a wire is the way of one process to all brokers.
 */

import { once } from 'node:events'
import net from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { KafkaOptions } from '../../runtime/log/kafka/options.ts'
import type { Direction } from './plan.ts'

/** What a wire does to what passes it. */
interface Weather {
  readonly ms: number
  readonly jitterMs: number
  /** 0 for no limit. */
  readonly bytesPerSecond: number
  readonly hangs: Direction | null
}

const fair: Weather = { ms: 0, jitterMs: 0, bytesPerSecond: 0, hangs: null }
const pollMs = 20

export class Proxy {
  readonly #server: net.Server
  readonly #weather = new Map<number, Weather>()
  readonly #sockets = new Map<number, Set<net.Socket>>()

  static async open(): Promise<Proxy> {
    const server = net.createServer({ noDelay: true, pauseOnConnect: true })
    const proxy = new Proxy(server)
    server.on('connection', (socket) => void proxy.#accept(socket))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return proxy
  }

  private constructor(server: net.Server) {
    this.#server = server
  }

  get port(): number {
    const address = this.#server.address()
    return typeof address === 'object' && address !== null ? address.port : 0
  }

  /** Changes the weather of a wire for a while. */
  async disturb(wire: number, weather: Partial<Weather>, forMs: number): Promise<void> {
    this.#weather.set(wire, { ...this.#of(wire), ...weather })
    await sleep(forMs)
    this.#weather.set(wire, { ...this.#of(wire), ...only(weather, fair) })
  }

  /** Ends every connection of a wire with a reset. */
  reset(wire: number): void {
    for (const socket of this.#sockets.get(wire) ?? []) socket.resetAndDestroy()
  }

  close(): void {
    for (const wire of this.#sockets.keys()) this.reset(wire)
    this.#server.close()
  }

  #of(wire: number): Weather {
    return this.#weather.get(wire) ?? fair
  }

  async #accept(socket: net.Socket): Promise<void> {
    socket.on('error', () => socket.destroy())
    const preface = await firstLine(socket)
    if (preface === undefined) return
    const [wire = 0, port = 0] = preface.line.split(' ').map(Number)
    const upstream = net.connect({ host: '127.0.0.1', port, noDelay: true })
    this.#note(wire, socket)
    this.#carry(wire, 'to the broker', socket, upstream, preface.rest)
    this.#carry(wire, 'from the broker', upstream, socket)
  }

  #note(wire: number, socket: net.Socket): void {
    const sockets = this.#sockets.get(wire) ?? new Set()
    this.#sockets.set(wire, sockets.add(socket))
    socket.on('close', () => sockets.delete(socket))
  }

  /** Chunks pass one at a time, so that none overtakes another. */
  #carry(
    wire: number,
    direction: Direction,
    from: net.Socket,
    to: net.Socket,
    first?: Buffer,
  ): void {
    let last = Promise.resolve()
    const pass = (chunk: Buffer) => {
      const cameAt = performance.now()
      last = last.then(async () => {
        await this.#delay(wire, direction, cameAt, chunk.length)
        if (!to.destroyed) to.write(chunk)
      })
    }
    if (first !== undefined && first.length > 0) pass(first)
    from.on('data', pass)
    from.on('error', () => from.destroy())
    from.on('close', () => void last.then(() => to.destroy()))
    from.resume()
  }

  async #delay(wire: number, direction: Direction, cameAt: number, bytes: number): Promise<void> {
    const isHanging = () => {
      const { hangs } = this.#of(wire)
      return hangs === 'both ways' || hangs === direction
    }
    while (isHanging()) await sleep(pollMs)
    const { ms, jitterMs, bytesPerSecond } = this.#of(wire)
    if (ms === 0 && jitterMs === 0 && bytesPerSecond === 0) return
    const due = cameAt + ms + Math.random() * jitterMs
    const sendingMs = bytesPerSecond === 0 ? 0 : (1_000 * bytes) / bytesPerSecond
    const waitMs = Math.max(due - performance.now(), 0) + sendingMs
    if (waitMs > 0) await sleep(waitMs)
  }
}

/** Sockets that reach a broker through the proxy. */
export function throughProxy(
  proxyPort: number,
  wire: number,
): NonNullable<KafkaOptions['socketFactory']> {
  return ({ port, onConnect }) => {
    const socket = net.connect({ host: '127.0.0.1', port: proxyPort, noDelay: true }, () => {
      socket.write(`${String(wire)} ${String(port)}\n`)
      onConnect()
    })
    return socket
  }
}

/** The fields of a fair weather that another has changed. */
function only(changed: Partial<Weather>, of: Weather): Partial<Weather> {
  return Object.fromEntries(Object.entries(of).filter(([field]) => field in changed))
}

async function firstLine(
  socket: net.Socket,
): Promise<{ readonly line: string; readonly rest: Buffer } | undefined> {
  let bytes = Buffer.alloc(0)
  return new Promise((resolve) => {
    const take = (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk])
      const end = bytes.indexOf(10)
      if (end < 0) return
      socket.off('data', take)
      socket.pause()
      resolve({ line: bytes.subarray(0, end).toString(), rest: bytes.subarray(end + 1) })
    }
    socket.on('data', take)
    socket.on('close', () => resolve(undefined))
    socket.resume()
  })
}
