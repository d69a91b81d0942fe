/** Free ports below the range that systems hand out by themselves, so that nobody takes one between
 *  the choice and its use. */

import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'

import { z } from 'zod'

import { StoaError } from '../../runtime/errors.ts'

const first = 20_000
const last = 29_999

const Ports = z.array(z.int().min(1).max(65_535))

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

/**
 * Returns the ports that a directory had last, where they are free, else others, and notes them: who
 * knows a backend by its address finds it again after it was restarted.
 */
export async function keptPorts(directory: string, count: number): Promise<readonly number[]> {
  const path = join(directory, 'ports.json')
  const had = notedPorts(path)
  const areFree = had.length === count && (await Promise.all(had.map(isFree))).every(Boolean)
  if (areFree) return had
  const ports = await freePorts(count)
  writeFileSync(path, `${JSON.stringify(ports)}\n`)
  return ports
}

function notedPorts(path: string): readonly number[] {
  try {
    return Ports.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch {
    return []
  }
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
