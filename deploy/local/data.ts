/** What the Kafka and the registry of a directory keep, apart from what they are made of. */

import { existsSync, lstatSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'

import { removeVolumes } from './containers.ts'
import { isAliveWith } from './process.ts'
import { throwAwayFolder } from './throw-away.ts'

/** Whether a broker or a registry has the data open, however it was started. */
export function isDataOpen(directory: string): boolean {
  return ['kafka.pid', 'registry.pid'].some((file) => {
    const path = join(directory, 'data', file)
    return existsSync(path) && isAliveWith(Number(readFileSync(path, 'utf8')), directory)
  })
}

/**
 * Removes the data and returns how many bytes it took on this disk; containers keep theirs in volumes,
 * which are removed too and not measured. Moved away first, so that half of it is never started on.
 */
export async function removeData(directory: string): Promise<number> {
  const data = join(directory, 'data')
  if (!existsSync(data)) return 0
  if (existsSync(join(data, 'in-containers'))) await removeVolumes(directory)
  const bytes = bytesIn(data)
  const folder = throwAwayFolder(directory)
  renameSync(data, join(folder, 'data'))
  rmSync(folder, { recursive: true })
  return bytes
}

/** As the disk counts: Kafka's indexes are longer than what is in them. */
function bytesIn(folder: string): number {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((path) => lstatSync(join(folder, path)).blocks * 512)
    .reduce((sum, each) => sum + each, 0)
}
