/** Finds commands the way a shell does. */

import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'

import type { Environment } from './choice.ts'

/** Returns the path of a command on PATH, or undefined. */
export function findExecutable(name: string, env: Environment): string | undefined {
  return (env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name))
    .find(isExecutable)
}

/** Whether a path is a file that may be run. */
export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}
