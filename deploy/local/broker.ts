/** One Kafka node as a child process, on data that survives it however it ended. */

import { cpSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { archiveFlags } from './archives.ts'
import { jvmFlags, startJvm } from './jvm.ts'
import type { Platform } from './libraries.ts'
import { brokerAnswers } from './probe.ts'
import { serverProperties } from './server-properties.ts'

export interface NodeOptions {
  /** Java, and what it runs. */
  readonly platform: Platform
  /** Data, configuration and output are kept here. */
  readonly directory: string
  readonly port: number
  /** See `JvmOptions`. */
  readonly users: string
  readonly lock: string
  /** Writes a class-data archive when it ends, instead of reading one. */
  readonly train?: boolean
}

export interface BrokerOptions extends NodeOptions {
  readonly controllerPort: number
}

/** A broker or a registry that answers. */
export interface RunningProcess {
  readonly pid: number
  /** Resolves when it has ended, for whatever reason. */
  readonly ended: Promise<void>
  /** Ends it in order, or after the grace period as `kill` does. */
  stop(graceMs?: number): Promise<void>
  /** Ends it as a power cut would. */
  kill(): Promise<void>
}

/** Starts a broker and resolves once it answers; the same options start it again on its data. */
export async function startBroker(options: BrokerOptions): Promise<RunningProcess> {
  const { platform, directory, port, controllerPort } = options
  const dataDirectory = join(directory, 'kafka')
  if (!existsSync(dataDirectory)) format(platform, dataDirectory)
  const properties = join(directory, 'server.properties')
  writeFileSync(
    properties,
    serverProperties({ port, controllerPort, dataDirectory, killed: wasKilled(dataDirectory) }),
  )
  const jvm = await startJvm({
    name: 'Kafka',
    java: platform.java.command,
    arguments: [
      '-Xms96m',
      '-Xmx512m',
      ...jvmFlags,
      ...archiveFlags(platform, 'kafka', options.train ?? false),
      `-Dlog4j2.configurationFile=${join(import.meta.dirname, 'log4j2.xml')}`,
      `-Djava.io.tmpdir=${temporaryFolder(directory)}`,
      '-cp',
      platform.kafkaClasspath,
      'kafka.Kafka',
      properties,
    ],
    file: 'kafka',
    directory,
    users: options.users,
    lock: options.lock,
  })
  await jvm.ready(() => brokerAnswers(`127.0.0.1:${port}`))
  return jvm
}

/** Kafka leaves a note when it ends in order, and removes it when it starts. */
function wasKilled(dataDirectory: string): boolean {
  const hasRun = existsSync(join(dataDirectory, '__cluster_metadata-0'))
  return hasRun && !existsSync(join(dataDirectory, '.kafka_cleanshutdown'))
}

/** Native libraries are unpacked where they go with the data, not where they stay behind. */
export function temporaryFolder(directory: string): string {
  const folder = join(directory, 'tmp')
  mkdirSync(folder, { recursive: true })
  return folder
}

/** Copies the formatted template: Kafka's own tool would take another second each time. */
function format(platform: Platform, dataDirectory: string): void {
  const half = `${dataDirectory}.half`
  rmSync(half, { recursive: true, force: true })
  cpSync(platform.formatted, half, { recursive: true })
  renameSync(half, dataDirectory)
}
