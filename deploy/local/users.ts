/**
 * Who uses a backend: one file for each use, named for the process. The keepers read the same
 * folder, so a backend ends with the last of its users, however that one ended.
 */

import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { isAlive } from './process.ts'

/** The user that never ends: the backend was asked to stay. keeper.sh knows the name. */
const detached = 'detached'

let uses = 0

/** Notes a use by this process; returns how to end it. */
export function use(folder: string): () => void {
  mkdirSync(folder, { recursive: true })
  const path = join(folder, `${process.pid}-${++uses}`)
  writeFileSync(path, '')
  return () => rmSync(path, { force: true })
}

/** Keeps the backend until `dismissAll`. */
export function useForGood(folder: string): void {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, detached), '')
}

/** Forgets every user: their keepers end what they keep. */
export function dismissAll(folder: string): void {
  rmSync(folder, { recursive: true, force: true })
}

/** Whether anybody still uses the backend. */
export function isUsed(folder: string): boolean {
  return isDetached(folder) || processesUsing(folder).length > 0
}

/** Whether the backend was asked to stay. */
export function isDetached(folder: string): boolean {
  return names(folder).includes(detached)
}

/** The living processes that use the backend. */
export function processesUsing(folder: string): readonly number[] {
  const pids = names(folder).map((name) => Number.parseInt(name, 10))
  return [...new Set(pids)].filter((pid) => pid > 0 && isAlive(pid))
}

function names(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
