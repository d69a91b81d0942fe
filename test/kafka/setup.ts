/** Gives the tests of this folder a real Kafka and a real registry, on empty data. */

import { join } from 'node:path'

import type { TestProject } from 'vitest/node'

import { startBackend } from '../../deploy/local/backend.ts'

declare module 'vitest' {
  interface ProvidedContext {
    readonly brokers: string
    readonly registryUrl: string
  }
}

/** Starts the backend; tests read `inject('brokers')` and `inject('registryUrl')`. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const backend = await startBackend({
    directory: join(import.meta.dirname, '../../.stoa'),
    fresh: true,
    progress: (line) => process.stderr.write(`${line}\n`),
  })
  project.provide('brokers', backend.brokers)
  project.provide('registryUrl', backend.registryUrl)
  return () => backend.stop()
}
