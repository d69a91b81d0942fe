/**
 * A process's way to the broker through a proxy of the test, which can cut it or lose an answer.
 * Every connection begins with the number of the process it belongs to.
 */

import { once } from 'node:events'
import net from 'node:net'
import type { KafkaOptions } from '../../runtime/log/kafka/options.ts'

const produceKey = 0
const numberBytes = 4

interface Wire {
  readonly sockets: Set<net.Socket>
  isCut: boolean
  losesAnswers: boolean
}

export class Proxy {
  readonly #server: net.Server
  readonly #wires: Wire[] = []

  private constructor(server: net.Server) {
    this.#server = server
  }

  static async open(broker: string): Promise<Proxy> {
    const [host, port] = broker.split(':')
    const server = net.createServer({ noDelay: true })
    const proxy = new Proxy(server)
    server.on('connection', (socket) => {
      const upstream = net.connect({ host: host ?? '', port: Number(port), noDelay: true })
      proxy.#carry(socket, upstream)
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return proxy
  }

  /** Sockets of one more process, by its number. */
  wire(): {
    readonly number: number
    readonly socketFactory: NonNullable<KafkaOptions['socketFactory']>
  } {
    const number = this.#wires.push({ sockets: new Set(), isCut: false, losesAnswers: false }) - 1
    const address = this.#server.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const preface = Buffer.alloc(numberBytes)
    preface.writeInt32BE(number)
    return {
      number,
      socketFactory: ({ onConnect }) => {
        const socket = net.connect({ host: '127.0.0.1', port, noDelay: true }, () => {
          socket.write(preface)
          onConnect()
        })
        return socket
      },
    }
  }

  /** Nothing of the process arrives and nothing reaches it, until called off. */
  cut(number: number): () => void {
    const wire = this.#wires[number]
    if (wire === undefined) throw new Error(`there is no process ${number}`)
    wire.isCut = true
    for (const socket of wire.sockets) socket.destroy()
    return () => {
      wire.isCut = false
    }
  }

  /** Produce requests arrive, and the connection ends in place of the answer, until called off. */
  loseAnswers(number: number): () => void {
    const wire = this.#wires[number]
    if (wire === undefined) throw new Error(`there is no process ${number}`)
    wire.losesAnswers = true
    return () => {
      wire.losesAnswers = false
    }
  }

  close(): void {
    for (const number of this.#wires.keys()) this.cut(number)
    this.#server.close()
  }

  #carry(socket: net.Socket, upstream: net.Socket): void {
    let wire: Wire | undefined
    let isLosing = false
    const end = () => {
      socket.destroy()
      upstream.destroy()
      wire?.sockets.delete(socket)
    }
    for (const side of [socket, upstream]) side.on('error', end).on('close', end)

    socket.on('data', (bytes) => {
      let request = bytes
      if (wire === undefined) {
        wire = this.#wires[bytes.readInt32BE(0)]
        wire?.sockets.add(socket)
        if (wire === undefined || wire.isCut) {
          end()
          return
        }
        request = bytes.subarray(numberBytes)
      }
      const isProduce = request.length > 6 && request.readInt16BE(4) === produceKey
      if (isProduce && wire.losesAnswers) isLosing = true
      upstream.write(request)
    })
    upstream.on('data', (bytes) => (isLosing ? end() : socket.write(bytes)))
  }
}
