/** A worker's way to the sink. */

import { once } from 'node:events'
import net from 'node:net'
import { createInterface } from 'node:readline'
import { z } from 'zod'
import type { Count } from '../workload/definitions.ts'
import type { SinkCall } from './sink-calls.ts'

const Answer = z.object({
  id: z.int(),
  number: z.int().optional(),
  times: z.int().optional(),
})
type Answer = z.infer<typeof Answer>

export class SinkClient {
  readonly #socket: net.Socket
  readonly #waiting = new Map<number, (answer: Answer) => void>()
  #calls = 0

  static async connect(port: number): Promise<SinkClient> {
    const socket = net.connect({ host: '127.0.0.1', port, noDelay: true })
    await once(socket, 'connect')
    return new SinkClient(socket)
  }

  private constructor(socket: net.Socket) {
    this.#socket = socket
    socket.on('error', () => socket.destroy())
    const lines = createInterface({ input: socket })
    lines.on('error', () => socket.destroy())
    lines.on('line', (line) => {
      const answer = Answer.parse(JSON.parse(line))
      this.#waiting.get(answer.id)?.(answer)
      this.#waiting.delete(answer.id)
    })
  }

  async begin(effect: Extract<SinkCall, { what: 'begin' }>['effect']): Promise<Count> {
    const { number = 0, times = 0 } = await this.#call((id) => ({ what: 'begin', id, effect }))
    return { number, times }
  }

  async end(number: number, output: string): Promise<void> {
    await this.#call((id) => ({ what: 'end', id, number, output }))
  }

  /** Resolves when the sink is gone. */
  async closed(): Promise<void> {
    await once(this.#socket, 'close')
  }

  close(): void {
    this.#socket.destroy()
  }

  #call(call: (id: number) => SinkCall): Promise<Answer> {
    const id = ++this.#calls
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve)
      this.#socket.write(`${JSON.stringify(call(id))}\n`)
    })
  }
}
