/** The backend as two containers, of the images that everybody else runs. */

import { createHash } from 'node:crypto'

import type { GenericContainer } from 'testcontainers'

import { dockerAnswers } from './docker.ts'
import { freePorts, keptPorts } from './ports.ts'
import { singleNodeProperties } from './server-properties.ts'
import { storageEnvironment } from './registry.ts'
import { images, registryPath } from './versions.ts'

export interface ContainersOptions {
  /** The folder that names the volumes which hold the data; without it that goes with the containers. */
  readonly keptFor?: string
  /** Leaves the containers running when this process ends. */
  readonly detached: boolean
}

export interface Containers {
  readonly brokers: string
  readonly registryUrl: string
  readonly ids: readonly string[]
}

const parts = ['kafka', 'registry'] as const
type Part = (typeof parts)[number]

const registryPort = 8080
const startTimeoutMs = 120_000
const stopTimeoutMs = 8000

/** Whether the package that drives containers is installed. */
export function hasTestcontainers(): boolean {
  try {
    import.meta.resolve('testcontainers')
    return true
  } catch {
    return false
  }
}

/** Starts both, pulling the images if need be, and resolves once both answer. */
export async function startContainers(options: ContainersOptions): Promise<Containers> {
  const { getContainerRuntimeClient, getReaper } = await import('testcontainers')
  const client = await getContainerRuntimeClient()
  const { host } = client.info.containerRuntime
  // Asked for before the two starts, which would each start one.
  if (!options.detached) await getReaper(client)
  const { keptFor } = options
  const [port = 0, schemasPort = 0] = await (keptFor === undefined
    ? freePorts(2)
    : keptPorts(keptFor, 2))
  const outcomes = await Promise.allSettled([
    (await kafka(host, port, options)).start(),
    (await registry(schemasPort, options)).start(),
  ])
  const [broker, schemas] = outcomes
  if (broker.status === 'fulfilled' && schemas.status === 'fulfilled') {
    return {
      brokers: `${host}:${port}`,
      registryUrl: `http://${host}:${schemasPort}${registryPath}`,
      ids: [broker.value.getId(), schemas.value.getId()],
    }
  }
  for (const outcome of outcomes) {
    if (outcome.status === 'fulfilled') await outcome.value.stop()
  }
  throw broker.status === 'rejected' ? broker.reason : (schemas as PromiseRejectedResult).reason
}

/** Ends containers, whoever started them; their volumes stay. Those that are gone are left out. */
export async function removeContainers(ids: readonly string[]): Promise<void> {
  if (!(await dockerAnswers(process.env))) return
  const { getContainerRuntimeClient } = await import('testcontainers')
  const client = await getContainerRuntimeClient()
  const present = new Set((await client.container.list()).map(({ Id }) => Id))
  const ending = ids
    .filter((id) => present.has(id))
    .map(async (id) => {
      const container = client.container.getById(id)
      await client.container.stop(container, { timeout: stopTimeoutMs })
      await client.container.remove(container, { removeVolumes: true })
    })
  await Promise.all(ending)
}

/** Removes the volumes that were kept for a folder, if they are there. */
export async function removeVolumes(keptFor: string): Promise<void> {
  const { getContainerRuntimeClient } = await import('testcontainers')
  const { dockerode } = (await getContainerRuntimeClient()).container
  const { Volumes } = await dockerode.listVolumes()
  const names = parts.map((part) => volumeOf(keptFor, part))
  for (const { Name } of Volumes) {
    if (names.includes(Name)) await dockerode.getVolume(Name).remove()
  }
}

/** The port is the same inside and outside, so the broker can say where it is reached. */
async function kafka(
  host: string,
  port: number,
  options: ContainersOptions,
): Promise<GenericContainer> {
  const { GenericContainer, Wait } = await import('testcontainers')
  const container = new GenericContainer(images.kafka)
    .withExposedPorts({ container: port, host: port })
    .withEnvironment(
      environmentOf({
        'process.roles': 'broker,controller',
        'node.id': '1',
        'controller.quorum.voters': '1@localhost:9093',
        'controller.listener.names': 'CONTROLLER',
        listeners: `PLAINTEXT://:${port},CONTROLLER://:9093`,
        'advertised.listeners': `PLAINTEXT://${host}:${port}`,
        'listener.security.protocol.map': 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT',
        'inter.broker.listener.name': 'PLAINTEXT',
        'log.dirs': '/var/lib/kafka/data',
        ...singleNodeProperties,
        'heap.opts': '-Xms96m -Xmx512m',
        'jvm.performance.opts': '-XX:+UseSerialGC -XX:TieredStopAtLevel=1',
      }),
    )
    .withWaitStrategy(Wait.forLogMessage('Kafka Server started'))
  return kept(container, 'kafka', '/var/lib/kafka/data', options)
}

async function registry(port: number, options: ContainersOptions): Promise<GenericContainer> {
  const { GenericContainer, Wait } = await import('testcontainers')
  const container = new GenericContainer(images.registry)
    .withExposedPorts({ container: registryPort, host: port })
    // A new volume belongs to root, and the image's own user could not write to it.
    .withUser('root')
    .withEnvironment({
      ...storageEnvironment('/data/schemas'),
      JAVA_OPTIONS: '-Xmx256m -XX:+UseSerialGC -XX:TieredStopAtLevel=1',
    })
    .withWaitStrategy(Wait.forHttp(`${registryPath}/subjects`, registryPort))
  return kept(container, 'registry', '/data', options)
}

function kept(
  container: GenericContainer,
  name: Part,
  target: string,
  { keptFor, detached }: ContainersOptions,
): GenericContainer {
  container.withStartupTimeout(startTimeoutMs)
  if (detached) container.withAutoCleanup(false)
  if (keptFor !== undefined) {
    container.withBindMounts([{ source: volumeOf(keptFor, name), target }])
  }
  return container
}

function volumeOf(keptFor: string, part: Part): string {
  return `stoa-${createHash('sha256').update(keptFor).digest('hex').slice(0, 12)}-${part}`
}

/** The image's way to set properties: `log.dirs` is KAFKA_LOG_DIRS. */
function environmentOf(properties: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(properties).map(([key, value]) => [
      `KAFKA_${key.replaceAll('.', '_').toUpperCase()}`,
      value,
    ]),
  )
}
