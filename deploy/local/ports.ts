/** Free ports below the range that systems hand out by themselves, so that nobody takes one between
 *  the choice and its use. */

import { createServer } from 'node:net'

import { StoaError } from '../../runtime/errors.ts'

const first = 20_000
const last = 29_999

/** Returns different ports on which nothing listens on 127.0.0.1. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const free = new Set<number>()
  for (let attempt = 0; attempt < 100 * count && free.size < count; attempt++) {
    const port = first + Math.floor(Math.random() * (last - first + 1))
    if (await isFree(port)) free.add(port)
  }
  if (free.size === count) return [...free]
  throw new StoaError(`no ${count} free ports between ${first} and ${last} on 127.0.0.1`, {
    code: 'BACKEND_FAILED',
  })
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      server.close(() => resolve(true))
    })
  })
}
