/** A program: writes the class-data archives that are missing. `train.ts <directory>`. */

import { rmSync } from 'node:fs'
import { setPriority } from 'node:os'
import { join } from 'node:path'

import { keepArchive, missingArchives, type Archived } from './archives.ts'
import { startBroker } from './broker.ts'
import { findJava } from './java.ts'
import { fetchPlatform, type Platform } from './libraries.ts'
import { withLock } from './lock.ts'
import { freePorts } from './ports.ts'
import { startRegistry } from './registry.ts'
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
    for (const name of missingArchives(platform)) await trainOne(platform, name, directory)
  })
}

/** The JVM writes while it ends, which takes it longer than ending does otherwise. */
async function trainOne(platform: Platform, name: Archived, directory: string): Promise<void> {
  const folder = throwAwayFolder(directory)
  const users = join(folder, 'users')
  const leave = use(users)
  try {
    const [port = 0, controllerPort = 0] = await freePorts(2)
    const lock = join(folder, 'backend.lock')
    const options = { platform, directory: folder, port, users, lock, train: true }
    const started =
      name === 'kafka'
        ? await startBroker({ ...options, controllerPort })
        : await startRegistry(options)
    await started.stop(longestMs)
    keepArchive(platform, name)
  } finally {
    leave()
    rmSync(folder, { recursive: true, force: true })
  }
}
