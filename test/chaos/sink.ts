/**
 * A program: the world that the bodies of steps act upon. Each effect is a line of an append-only
 * file, on disk before the body goes on. Argument: the file.
 */

import { fsyncSync, openSync, writeSync } from 'node:fs'
import net from 'node:net'
import { createInterface } from 'node:readline'
import type { EffectLine } from '../workload/effect-lines.ts'
import { SinkCall, SinkCommand } from './sink-calls.ts'

process.on('disconnect', () => process.exit(0))

const file = openSync(process.argv[2] ?? '', 'a')
const times = new Map<string, number>()
let bodies = 0
let answersFrom = 0
/** Lines of this turn, and who waits for them. */
let unwritten: EffectLine[] = []
let waiting: (() => void)[] = []

const server = net.createServer({ noDelay: true }, (socket) => {
  socket.on('error', () => socket.destroy())
  const lines = createInterface({ input: socket })
  // A worker that is killed resets its connection.
  lines.on('error', () => socket.destroy())
  lines.on('line', (text) => {
    const call = SinkCall.parse(JSON.parse(text))
    const at = Date.now()
    const answer = (of: object) => socket.write(`${JSON.stringify({ id: call.id, ...of })}\n`)
    if (call.what === 'begin') {
      const { effect } = call
      const number = bodies++
      const key = effect.idempotencyKey
      times.set(key, (times.get(key) ?? 0) + 1)
      const count = { number, times: times.get(key) ?? 0 }
      write({ what: 'begun', number, effect }, () => answer(count))
    } else
      write({ what: 'returned', number: call.number, at, output: call.output }, () => answer({}))
  })
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  process.send?.({ port: typeof address === 'object' ? address?.port : 0 })
})

process.on('message', (message) => {
  answersFrom = Date.now() + SinkCommand.parse(message).hangMs
})

/** One write and one fsync for all that comes in a turn. */
function write(line: EffectLine, answer: () => void): void {
  unwritten.push(line)
  waiting.push(answer)
  if (unwritten.length === 1) setImmediate(flush)
}

function flush(): void {
  const [written, told] = [unwritten, waiting]
  unwritten = []
  waiting = []
  writeSync(file, written.map((line) => `${JSON.stringify(line)}\n`).join(''))
  fsyncSync(file)
  const waitMs = answersFrom - Date.now()
  const tell = () => {
    for (const each of told) each()
  }
  if (waitMs > 0) setTimeout(tell, waitMs)
  else tell()
}
