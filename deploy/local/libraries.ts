/** Kafka and the registry from Maven Central, fetched once into a folder named for their versions. */

import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { StoaError } from '../../runtime/errors.ts'
import type { Java } from './java.ts'
import { jvmFlags } from './jvm.ts'
import { withLock } from './lock.ts'
import { serverProperties } from './server-properties.ts'
import { versions } from './versions.ts'

/** Java and what it runs. */
export interface Platform {
  readonly java: Java
  readonly kafkaClasspath: string
  readonly registryJar: string
  /** An empty data directory of Kafka, to be copied. */
  readonly formatted: string
  /** Where class-data archives are kept. */
  readonly archives: string
}

export interface FetchOptions {
  /** The directory that holds everything local: `.stoa`. */
  readonly directory: string
  readonly java: Java
  /** The Maven command; not needed once everything is there. */
  readonly maven: string | undefined
  readonly progress: (line: string) => void
}

/** Whether everything has been fetched before. */
export function isFetched(directory: string): boolean {
  return existsSync(libraryFolder(directory))
}

/** Returns the platform, after fetching what is missing of it. */
export async function fetchPlatform(options: FetchOptions): Promise<Platform> {
  const folder = libraryFolder(options.directory)
  if (!existsSync(folder)) {
    await withLock(
      `${folder}.lock`,
      async () => {
        if (!existsSync(folder)) await fetchInto(folder, options)
      },
      () => options.progress('waiting for another process that fetches Kafka'),
    )
  }
  // An archive fits its class path only by the name that it was written with.
  return platformIn(realpathSync(folder), options.java)
}

function libraryFolder(directory: string): string {
  return join(directory, 'lib', `kafka-${versions.kafka}-registry-${versions.registry}`)
}

function platformIn(folder: string, java: Java): Platform {
  return {
    java,
    kafkaClasspath: join(folder, 'kafka', '*'),
    registryJar: join(folder, 'registry', `apicurio-registry-app-${versions.registry}-runner.jar`),
    formatted: join(folder, 'formatted'),
    archives: join(folder, 'archives'),
  }
}

async function fetchInto(folder: string, options: FetchOptions): Promise<void> {
  const { java, maven, progress } = options
  if (maven === undefined) throw failure('Kafka has not been fetched yet and Maven is gone')
  progress(
    `fetching Kafka ${versions.kafka} and Apicurio Registry ${versions.registry} (150 MB, once)`,
  )
  // Complete or absent: it gets its name when all of it is there.
  const half = `${folder}.half`
  rmSync(half, { recursive: true, force: true })
  mkdirSync(half, { recursive: true })
  await run(maven, [
    ...['--batch-mode', '--quiet', '--no-transfer-progress'],
    ...['--file', join(import.meta.dirname, 'pom.xml')],
    `-Dkafka.version=${versions.kafka}`,
    `-Dregistry.version=${versions.registry}`,
    `-Dlog4j.version=${versions.log4j}`,
    `-Dlib=${half}`,
    'generate-resources',
  ])
  await format(platformIn(half, java), half)
  renameSync(half, folder)
}

async function format(platform: Platform, folder: string): Promise<void> {
  const properties = join(folder, 'format.properties')
  writeFileSync(
    properties,
    serverProperties({
      port: 9092,
      controllerPort: 9093,
      dataDirectory: platform.formatted,
      killed: false,
    }),
  )
  await run(platform.java.command, [
    ...jvmFlags,
    ...['-cp', platform.kafkaClasspath, 'kafka.tools.StorageTool', 'format'],
    ...['--cluster-id', clusterId(), '--config', properties],
  ])
  rmSync(properties)
}

/** A random id in Kafka's form, which an option parser would misread with a dash in front. */
function clusterId(): string {
  return randomBytes(16).toString('base64url').replace(/^-/, 'A')
}

function run(command: string, parameters: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    execFile(command, parameters, { maxBuffer: 2 ** 26 }, (cause, stdout, stderr) => {
      if (cause === null) resolve()
      else reject(failure(firstError(`${stdout}\n${stderr}`) ?? cause.message, cause))
    })
  })
}

function firstError(output: string): string | undefined {
  return /\[ERROR\] (.+)/.exec(output)?.[1] ?? output.trim().split('\n').at(-1)
}

function failure(what: string, cause?: unknown): StoaError {
  return new StoaError(`Kafka cannot be fetched: ${what}`, { code: 'BACKEND_FAILED', cause })
}
