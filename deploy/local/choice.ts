/** Which backend to use, decided from what was found on the machine. */

import { UsageError } from '../../runtime/errors.ts'
import { oldestJava } from './versions.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** What can be started here; a backend that was given is not started. */
export type Startable = 'containers' | 'processes'

export interface Given {
  readonly brokers: string
  readonly registryUrl: string
}

export interface Found {
  /** A Docker daemon answered. */
  readonly docker: boolean
  /** The package that drives it is installed; an install without development packages lacks it. */
  readonly testcontainers: boolean
  /** The major version of the Java found, if any. */
  readonly java: number | undefined
  readonly maven: boolean
  /** Kafka and the registry have been downloaded before. */
  readonly downloaded: boolean
  /** Who wrote the data that the directory holds, if it holds any. */
  readonly holder: Startable | undefined
}

/**
 * Returns the backend named by KAFKA_BROKERS and SCHEMA_REGISTRY_URL, or undefined when neither is
 * set; throws a `UsageError` when only one is.
 */
export function givenBackend(env: Environment): Given | undefined {
  const brokers = env['KAFKA_BROKERS']?.trim() ?? ''
  const registryUrl = env['SCHEMA_REGISTRY_URL']?.trim() ?? ''
  if (brokers !== '' && registryUrl !== '') return { brokers, registryUrl }
  if (brokers === '' && registryUrl === '') return undefined
  const [set, missing] =
    brokers === ''
      ? ['SCHEMA_REGISTRY_URL', 'KAFKA_BROKERS']
      : ['KAFKA_BROKERS', 'SCHEMA_REGISTRY_URL']
  throw new UsageError(`${set} is set but ${missing} is not: set both, or neither`, {
    code: 'CONFIGURATION_INVALID',
  })
}

/**
 * Returns what to try, in order: containers, then processes. Where earlier runs left data there is
 * only the way that wrote it, because the other would not see it. Throws a `UsageError` that names
 * every way when there is none.
 */
export function choose(found: Found): readonly Startable[] {
  const { holder } = found
  const ways = possible(found)
  if (holder === undefined && ways.length > 0) return ways
  if (holder !== undefined && ways.includes(holder)) return [holder]
  const kept =
    holder === undefined
      ? ''
      : `, for ${holder} wrote the data of earlier runs (remove the data folder to begin anew)`
  throw new UsageError(
    `there is no Kafka to use${kept}: set KAFKA_BROKERS and SCHEMA_REGISTRY_URL, or start Docker, ` +
      `or install Java ${oldestJava} or newer and Maven (found ${describe(found)})`,
    { code: 'BACKEND_IMPOSSIBLE' },
  )
}

function possible(found: Found): readonly Startable[] {
  const hasJava = found.java !== undefined && found.java >= oldestJava
  const ways: Startable[] = []
  if (found.docker && found.testcontainers) ways.push('containers')
  if (hasJava && (found.maven || found.downloaded)) ways.push('processes')
  return ways
}

function describe({ docker, java, maven }: Found): string {
  return [
    docker ? 'Docker without the package testcontainers' : 'no Docker',
    java === undefined ? 'no Java' : `Java ${java}`,
    maven ? 'Maven' : 'no Maven',
  ].join(', ')
}
