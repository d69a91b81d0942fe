/** Starts a backend in whichever way the machine allows. */

import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { messageOf, StoaError } from '../../runtime/errors.ts'
import { trainInBackground } from './archives.ts'
import { choose, type Environment, type Startable } from './choice.ts'
import { hasTestcontainers, startContainers } from './containers.ts'
import { dockerAnswers } from './docker.ts'
import { findExecutable } from './executable.ts'
import { findJava, type Java } from './java.ts'
import { fetchPlatform, isFetched } from './libraries.ts'
import { startProcesses, type Restartable } from './processes.ts'
import type { BackendRecord } from './record.ts'

export interface StartOptions {
  /** Libraries are kept here. */
  readonly directory: string
  /** Data and output are kept here, unless they are to be thrown away. */
  readonly folder: string
  readonly kept: boolean
  readonly detached: boolean
  /** See `JvmOptions`. */
  readonly users: string
  readonly lock: string
  readonly only: Startable | undefined
  readonly env: Environment
  readonly progress: (line: string) => void
  readonly onLaunched?: () => void
  readonly onRestart?: () => void
}

export interface Started {
  /** What another process needs to know to use it, or to end it. */
  record(): BackendRecord
  readonly processes?: { readonly broker: Restartable; readonly registry: Restartable }
}

/** Starts a backend; throws a `UsageError` when there is no way to. */
export async function start(options: StartOptions): Promise<Started> {
  const { directory, env, only, progress } = options
  const [docker, java] = await Promise.all([
    only === 'processes' ? false : dockerAnswers(env),
    only === 'containers' ? undefined : findJava(env),
  ])
  const maven = java && findExecutable('mvn', env)
  const ways = choose({
    docker,
    testcontainers: docker && hasTestcontainers(),
    java: java?.major,
    maven: maven !== undefined,
    downloaded: isFetched(directory),
    holder: options.kept ? holderOf(options.folder) : undefined,
  })
  for (const [index, way] of ways.entries()) {
    try {
      return way === 'containers' || java === undefined
        ? await inContainers(options)
        : await asProcesses(options, java, maven)
    } catch (cause) {
      const next = ways[index + 1]
      if (next === undefined) throw cause
      progress(`no ${way} (${messageOf(cause)}), so ${next}`)
    }
  }
  throw new StoaError('there is no way to start Kafka', { code: 'BACKEND_IMPOSSIBLE' })
}

async function inContainers(options: StartOptions): Promise<Started> {
  const { folder, kept, detached, progress } = options
  progress('starting Kafka and the schema registry in containers')
  const { ids, ...address } = await startContainers({ ...(kept && { keptFor: folder }), detached })
  if (kept) noteHolder(folder)
  const record = { kind: 'containers' as const, ...address, containers: [...ids] }
  return { record: () => record }
}

async function asProcesses(
  options: StartOptions,
  java: Java,
  maven: string | undefined,
): Promise<Started> {
  const { directory, folder, progress } = options
  const platform = await fetchPlatform({ directory, java, maven, progress })
  progress('starting Kafka and the schema registry')
  const data = join(folder, 'data')
  mkdirSync(data, { recursive: true })
  const { brokers, registryUrl, ...processes } = await startProcesses({
    ...options,
    platform,
    directory: data,
  })
  trainInBackground(platform, directory, progress)
  return {
    record: () => ({
      kind: 'processes',
      brokers,
      registryUrl,
      pids: { broker: processes.broker.pid, registry: processes.registry.pid },
    }),
    processes,
  }
}

/** Who wrote the data of earlier runs, if there is any. */
function holderOf(folder: string): Startable | undefined {
  if (existsSync(join(folder, 'data', 'kafka'))) return 'processes'
  return existsSync(join(folder, 'data', 'in-containers')) ? 'containers' : undefined
}

function noteHolder(folder: string): void {
  mkdirSync(join(folder, 'data'), { recursive: true })
  writeFileSync(join(folder, 'data', 'in-containers'), '')
}
