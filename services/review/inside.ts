/**
 * Whether a folder lies where its path says: the lock names it, and a link on disk may lead away.
 */

import { realpath } from 'node:fs/promises'
import { isAbsolute, join, relative, sep } from 'node:path'
import { lastingCode } from '../contracts/project-file.ts'

/** Says whether a folder of a project is there, and inside it when every link is followed. */
export async function isInside(directory: string, path: string): Promise<boolean> {
  try {
    const outer = await realpath(directory)
    const way = relative(outer, await realpath(join(outer, path)))
    return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)
  } catch (error) {
    lastingCode(error)
    return false
  }
}
