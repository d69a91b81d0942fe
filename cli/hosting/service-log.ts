/** The file that a service prints to. */

import { closeSync, fstatSync, openSync, readSync, renameSync, statSync } from 'node:fs'
import { z } from 'zod'
import { plain } from '../terminal/terminal.ts'

const largestBytes = 8 * 1024 * 1024
const tailBytes = 16 * 1024
const errorLevel = 50

const Line = z.object({
  level: z.number(),
  msg: z.string(),
  error: z.object({ message: z.string() }).optional().catch(undefined),
})

/** Puts a file that has grown large aside, in place of the one before it. */
export function rotate(path: string): void {
  try {
    if (statSync(path).size > largestBytes) renameSync(path, `${path}.1`)
  } catch {
    // There is none yet.
  }
}

/** The latest error that was logged from an offset on, or else the last lines there are. */
export function lastWords(path: string, from: number): string {
  const lines = tail(path, from)
  const parsed = lines.map((line) => Line.safeParse(jsonOf(line)).data)
  const error = parsed.findLast((line) => line !== undefined && line.level >= errorLevel)
  if (error !== undefined) {
    const { msg, error: cause } = error
    return plain(cause === undefined ? msg : `${msg}: ${cause.message}`)
  }
  return lines.length === 0 ? 'it printed nothing' : plain(lines.slice(-3).join(' | '))
}

function tail(path: string, from: number): readonly string[] {
  try {
    const file = openSync(path, 'r')
    try {
      const { size } = fstatSync(file)
      const start = Math.max(from, size - tailBytes)
      const bytes = Buffer.alloc(Math.max(0, size - start))
      readSync(file, bytes, 0, bytes.length, start)
      return bytes
        .toString('utf8')
        .split('\n')
        .filter((line) => line.trim() !== '')
    } finally {
      closeSync(file)
    }
  } catch {
    return []
  }
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
