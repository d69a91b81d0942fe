/**
 * A lock between processes: a file with the id of the process that holds it.
 *
 * A lock whose holder has died is taken over. Should two processes ever take one over at the same
 * moment, Kafka and the registry still refuse to open data that another process has open.
 */

import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

import { isAlive } from './process.ts'

const pollMs = 100

/** Runs `act` while no other process holds the lock; calls `onWait` once if it has to wait. */
export async function withLock<T>(
  path: string,
  act: () => Promise<T>,
  onWait?: () => void,
): Promise<T> {
  mkdirSync(dirname(path), { recursive: true })
  for (let attempt = 0; !take(path); attempt++) {
    if (attempt === 0) onWait?.()
    await delay(pollMs)
  }
  try {
    return await act()
  } finally {
    rmSync(path, { force: true })
  }
}

function take(path: string): boolean {
  // Linked into place, so that a lock is never seen without its holder's id.
  const own = `${path}.${process.pid}`
  writeFileSync(own, `${process.pid}\n`)
  try {
    linkSync(own, path)
    return true
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'EEXIST')) throw cause
    dropIfStale(path, own)
    return false
  } finally {
    rmSync(own, { force: true })
  }
}

function dropIfStale(path: string, own: string): void {
  if (!isStale(path)) return
  const dropped = `${own}.stale`
  try {
    renameSync(path, dropped)
    // Between look and rename a third process may have been quicker: give it its lock back.
    if (!isStale(dropped)) linkSync(dropped, path)
  } catch {
    // Somebody else dropped it, or took it: the next attempt will see.
  } finally {
    rmSync(dropped, { force: true })
  }
}

function isStale(path: string): boolean {
  try {
    const holder = Number(readFileSync(path, 'utf8'))
    return holder > 0 && !isAlive(holder)
  } catch {
    return false
  }
}
