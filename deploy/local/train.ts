/** A program: writes the class-data archives that are missing. `train.ts <directory>`. */

import { rmSync } from 'node:fs'
import { setPriority } from 'node:os'
import { join } from 'node:path'

import { keepArchive, missingArchives, type Archived } from './archives.ts'
import { startBroker } from './broker.ts'
import { findJava } from './java.ts'
import { exercise } from './exercise.ts'
import { fetchPlatform, type Platform } from './libraries.ts'
import { withLock } from './lock.ts'
import { freePorts } from './ports.ts'
import { registryUrl, startRegistry } from './registry.ts'
import { throwAwayFolder } from './throw-away.ts'
import { use } from './users.ts'

const longestMs = 180_000

const [directory] = process.argv.slice(2)
if (directory === undefined) throw new Error('usage: train.ts <directory>')

setPriority(19)
setTimeout(() => process.exit(1), longestMs).unref()
await train(directory)

async function train(directory: string): Promise<void> {
  const java = await findJava(process.env)
  if (java === undefined) return
  const platform = await fetchPlatform({ directory, java, maven: undefined, progress: () => {} })
  await withLock(join(platform.archives, 'training.lock'), async () => {
    const missing = missingArchives(platform)
    if (missing.length === 0) return
    const folder = throwAwayFolder(directory)
    const users = join(folder, 'users')
    const leave = use(users)
    try {
      // The first time leaves data: most starts will find some, which takes other classes.
      for (const archived of [[], missing]) await useOnce(platform, folder, users, archived)
      for (const name of missing) keepArchive(platform, name)
    } finally {
      leave()
      rmSync(folder, { recursive: true, force: true })
    }
  })
}

/** A JVM writes its archive while it ends, which takes it longer than ending does otherwise. */
async function useOnce(
  platform: Platform,
  directory: string,
  users: string,
  archived: readonly Archived[],
): Promise<void> {
  const [port = 0, controllerPort = 0, registryPort = 0] = await freePorts(3)
  const options = { platform, directory, users, lock: join(directory, 'backend.lock') }
  const [broker, registry] = await Promise.all([
    startBroker({ ...options, port, controllerPort, train: archived.includes('kafka') }),
    startRegistry({ ...options, port: registryPort, train: archived.includes('registry') }),
  ])
  await exercise(`127.0.0.1:${port}`, registryUrl(registryPort))
  await Promise.all([broker.stop(longestMs), registry.stop(longestMs)])
}
