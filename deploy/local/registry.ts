/** The schema registry as a child process. */

import { join } from 'node:path'

import { archiveFlags } from './archives.ts'
import { temporaryFolder, type NodeOptions, type RunningProcess } from './broker.ts'
import { jvmFlags, startJvm } from './jvm.ts'
import { registryAnswers } from './probe.ts'
import { registryPath } from './versions.ts'

/**
 * Where the registry keeps its schemas. Without the write delay of zero H2 acknowledges what it
 * writes half a second later: a registry that is killed would then give the same id to two schemas.
 */
export function storageEnvironment(file: string): Readonly<Record<string, string>> {
  return {
    APICURIO_STORAGE_KIND: 'sql',
    APICURIO_STORAGE_SQL_KIND: 'h2',
    APICURIO_DATASOURCE_URL: `jdbc:h2:file:${file};WRITE_DELAY=0`,
  }
}

/** Returns where a registry on a port of this machine speaks Confluent's protocol. */
export function registryUrl(port: number): string {
  return `http://127.0.0.1:${port}${registryPath}`
}

/** Starts the registry and resolves once it answers; the same options start it again on its data. */
export async function startRegistry(options: NodeOptions): Promise<RunningProcess> {
  const { platform, directory, port } = options
  const jvm = await startJvm({
    name: 'the schema registry',
    java: platform.java.command,
    arguments: [
      '-Xmx256m',
      ...jvmFlags,
      ...archiveFlags(platform, 'registry', options.train ?? false),
      `-Djava.io.tmpdir=${temporaryFolder(directory)}`,
      '-Dquarkus.http.host=127.0.0.1',
      `-Dquarkus.http.port=${port}`,
      '-jar',
      platform.registryJar,
    ],
    environment: storageEnvironment(join(directory, 'registry', 'schemas')),
    file: 'registry',
    directory,
    users: options.users,
    lock: options.lock,
  })
  await jvm.ready(() => registryAnswers(registryUrl(port)))
  return jvm
}
