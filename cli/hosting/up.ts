/**
 * `stoa up`: Kafka, the registry and the services in the background; all of them, or none. Returns
 * once the services serve, so that what is asked of them next is answered at once.
 */

import { join } from 'node:path'
import { z } from 'zod'
import { backendStatus, startBackend, stopBackend } from '../../deploy/local/backend.ts'
import { withLock } from '../../deploy/local/lock.ts'
import { givenOf, localBackend, type NamedBackend } from '../backend.ts'
import { withoutBackend } from '../home.ts'
import { rejectionOf, type Invocation } from '../invocation.ts'
import { emit, outputFormat, parsed } from '../options.ts'
import { shellWord } from '../terminal/shell.ts'
import { ensureReviewTopics } from '../topics/ensure.ts'
import { serviceNames, type ServiceName } from './order.ts'
import { untilServed } from './ready.ts'
import { ServiceGroup } from './service-group.ts'
import {
  isServing,
  readServices,
  stopServices,
  writeServices,
  type ServicesRecord,
} from './services-record.ts'

const Options = z.object({ output: outputFormat })

/** Starts what is not up yet and prints where it is, as a shell can take it. */
export async function up(invocation: Invocation, given: unknown): Promise<number> {
  const { terminal, home } = invocation
  const { output } = parsed(Options, given)
  const record = await withLock(
    join(home, 'services.lock'),
    () => start(invocation),
    () => terminal.note('waiting for another process that starts the services'),
  )
  if (output === 'text') {
    terminal.note(`up: broker, registry, ${record.services.map(({ name }) => name).join(', ')}`)
  }
  emit(terminal, output, record, () => exportLines(record))
  return 0
}

/** For a shell, which needs them to talk to the same Kafka. */
function exportLines({ brokers, registryUrl }: ServicesRecord): string {
  const variables = { KAFKA_BROKERS: brokers, SCHEMA_REGISTRY_URL: registryUrl }
  return Object.entries(variables)
    .map(([name, value]) => `export ${name}=${shellWord(value)}`)
    .join('\n')
}

/** The services that run and serve; one that was stopped is ended, so that another takes its place. */
async function servingOf({ home, terminal }: Invocation): Promise<ServicesRecord | undefined> {
  const record = readServices(home)
  if (record === undefined) return undefined
  const serving = record.services.filter(isServing)
  const stopped = record.services.filter((service) => !serving.includes(service))
  if (stopped.length === 0) return record
  const names = stopped.map(({ name }) => name).join(', ')
  terminal.note(`${names} was stopped and serves nobody, so it is started anew`)
  await stopServices({ ...record, services: stopped }, home)
  return { ...record, services: serving }
}

async function start(invocation: Invocation): Promise<ServicesRecord> {
  const { home, variables, terminal } = invocation
  const interrupt = invocation.claimInterrupts()
  const given = await givenOf(variables)
  const recorded = await servingOf(invocation)
  const before = recorded?.services.length === 0 ? undefined : recorded
  const isOurs = given === undefined && !(await isRunning(home))
  const areUp = before?.services.length === serviceNames.length
  let early = areUp ? undefined : load(invocation, given === undefined, missingOf(before))
  try {
    const backend = given ?? (await startLocal(invocation))
    await ensureReviewTopics(backend)
    interrupt.throwIfAborted()
    const kept = before !== undefined && before.brokers === brokersOf(backend) ? before : undefined
    if (before !== undefined && kept === undefined) {
      terminal.note('the services serve another Kafka, so they are started anew')
      await early?.stop()
      await stopServices(before, home)
      early = load(invocation, backend.isLocal, serviceNames)
    }
    const services = [...(kept?.services ?? [])]
    early?.serve(backend.variables)
    // Services that were kept find a Kafka that was started again by themselves, and take a moment.
    if (early !== undefined || isOurs) {
      const ready = Promise.resolve(early?.serving()).then(() => untilServed(backend, variables))
      await Promise.race([ready, ...(early ? [early.failed] : []), rejectionOf(interrupt)])
    }
    if (early !== undefined) {
      for (const { names, pid, startedAt, logFile } of early.processes) {
        for (const name of names) services.push({ name, pid, startedAt, logFile })
      }
    }
    const { registryUrl } = backend.environment
    const record = { brokers: brokersOf(backend), registryUrl, services }
    writeServices(home, record)
    await early?.release()
    return record
  } catch (error) {
    await early?.stop()
    // All of it, or nothing.
    if (isOurs) await stopBackend(home)
    throw error
  }
}

async function startLocal({ home, variables, terminal }: Invocation): Promise<NamedBackend> {
  const progress = (line: string) => terminal.note(line)
  const backend = await startBackend({ directory: home, detached: true, progress, env: variables })
  return localBackend(backend, variables)
}

/** Whether both run; where one has died, both are started anew. */
async function isRunning(home: string): Promise<boolean> {
  const status = await backendStatus(home)
  return status !== undefined && status.broker !== 'down' && status.registry !== 'down'
}

function load(
  { home, variables }: Invocation,
  isLocal: boolean,
  names: readonly ServiceName[],
): ServiceGroup {
  return new ServiceGroup({
    processes: names.map((name) => [name]),
    home,
    variables: isLocal ? withoutBackend(variables) : variables,
    onRestart: () => undefined,
  })
}

function missingOf(record: ServicesRecord | undefined): readonly ServiceName[] {
  const running = record?.services.map(({ name }) => name) ?? []
  return serviceNames.filter((name) => !running.includes(name))
}

function brokersOf({ environment }: NamedBackend): string {
  return environment.brokers.join(',')
}
