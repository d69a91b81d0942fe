/** Commands of a package that names no `bin` but a folder of them, `directories.bin`. */

import { readdir, realpath } from 'node:fs/promises'
import { isAbsolute, join, sep, win32 } from 'node:path'
import { binNames, isRecord } from '../contracts/manifest.ts'
import { lastingCode } from '../contracts/project-file.ts'
import type { Manifest } from './read-manifest.ts'

/** Lists the commands in the folder that a manifest names, sorted; none where it has a `bin`. */
export async function binFolderNames(folder: string, manifest: Manifest): Promise<string[]> {
  const directories = isRecord(manifest.directories) ? manifest.directories : {}
  const named = Object.hasOwn(directories, 'bin') ? directories.bin : undefined
  if (typeof named !== 'string' || named === '' || manifest.bin) return []
  if (isAbsolute(named) || win32.isAbsolute(named) || named.includes('\0')) return []
  try {
    const inside = await realpath(join(folder, named))
    if (!inside.startsWith(`${folder}${sep}`)) return []
    const entries = await readdir(inside, { withFileTypes: true })
    const files = entries.filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
    return binNames('', Object.fromEntries(files.map(({ name }) => [name, name])))
  } catch (error) {
    // A folder that is not there, or cannot be listed, gives npm no commands either.
    lastingCode(error)
    return []
  }
}
