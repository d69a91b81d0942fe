/** Folders for data that nobody wants to see again, each named for the process that uses it. */

import { randomUUID } from 'node:crypto'
import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'

import { isAlive } from './process.ts'

/** Creates a new folder, and removes those whose process was killed before it could. */
export function throwAwayFolder(directory: string): string {
  const parent = join(directory, 'fresh')
  mkdirSync(parent, { recursive: true })
  for (const name of readdirSync(parent)) {
    if (!isAlive(Number.parseInt(name, 10))) {
      rmSync(join(parent, name), { recursive: true, force: true })
    }
  }
  const folder = join(parent, `${process.pid}-${randomUUID().slice(0, 8)}`)
  mkdirSync(folder)
  return folder
}
