/**
 * The backend of a checkout: a Kafka and a schema registry, given or started here.
 *
 * 1. In one directory at most one backend runs; who comes later uses it.
 * 2. It ends with its last user, however that one ended, unless it was detached.
 * 3. Starting to use it and ending the last use happen under the directory's lock.
 */

import { mkdirSync, realpathSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

import { givenBackend, type Environment, type Startable } from './choice.ts'
import { removeContainers } from './containers.ts'
import { isDataOpen, removeData } from './data.ts'
import { withLock } from './lock.ts'
import { brokerAnswers, registryAnswers } from './probe.ts'
import { isAliveWith, terminate } from './process.ts'
import type { Restartable } from './processes.ts'
import { readRecord, removeRecord, writeRecord, type BackendRecord } from './record.ts'
import { start, type Started } from './start.ts'
import { throwAwayFolder } from './throw-away.ts'
import { dismissAll, isDetached, isUsed, processesUsing, use, useForGood } from './users.ts'

export interface Backend {
  /** As in `bootstrap.servers`. */
  readonly brokers: string
  /** Where the registry speaks Confluent's protocol. */
  readonly registryUrl: string
  readonly kind: 'given' | Startable
  /** The two processes, where this process started them; for tests that end and start them. */
  readonly processes?: { readonly broker: Restartable; readonly registry: Restartable }
  /** Ends this use of it, and with the last use the backend itself. */
  stop(): Promise<void>
}

export interface BackendOptions {
  /** Everything local is kept here: libraries, data, output. */
  readonly directory: string
  /** Told what takes long, one line each. */
  readonly progress?: (line: string) => void
  /** Called once what has to be started here is on its way, and others may have the processors. */
  readonly onLaunched?: () => void
  /** A backend of one's own on empty data, which is removed when it is stopped. */
  readonly fresh?: boolean
  /** Keeps it running after this process has ended, until `stopBackend`. */
  readonly detached?: boolean
  /** Allows this way of starting it only. */
  readonly only?: Startable
  /** Defaults to the environment of the process. */
  readonly env?: Environment
}

/** Answering, running without an answer, or not running. */
export type PartState = 'up' | 'silent' | 'down'

export interface BackendStatus {
  readonly kind: Startable
  readonly brokers: string
  readonly registryUrl: string
  readonly broker: PartState
  readonly registry: PartState
  /** Whether both answer. */
  readonly answers: boolean
  /** Whether it stays when nobody uses it. */
  readonly detached: boolean
  /** The processes that use it. */
  readonly users: readonly number[]
  /** The broker's process and the registry's; none for containers. */
  readonly pids: readonly number[]
}

const patienceMs = 10_000
const graceMs = 8000

/**
 * Returns the backend that the environment names, or else the one that runs in the directory, or
 * else starts one: in containers where Docker answers, otherwise as processes. Throws a
 * `UsageError` that names the ways when there is none.
 */
export async function startBackend(options: BackendOptions): Promise<Backend> {
  const given = givenBackend(options.env ?? process.env)
  if (given) return { ...given, kind: 'given', stop: async () => {} }
  const directory = rooted(options.directory)
  return options.fresh === true ? startFresh(directory, options) : joinOrStart(directory, options)
}

/** It runs, it has been started again, or it was stopped on purpose. */
export type Revival = 'runs' | 'revived' | 'stopped'

/** Starts the backend that somebody uses again if it has died, on its data and its ports. */
export async function reviveBackend(
  options: Pick<BackendOptions, 'directory' | 'env' | 'progress'>,
): Promise<Revival> {
  const directory = rooted(options.directory)
  return withLock(lockOf(directory), async () => {
    const record = readRecord(directory)
    if (record === undefined) return 'stopped'
    if (isPresent(directory, record)) return 'runs'
    await end(directory, record, graceMs)
    await startIn(directory, options)
    return 'revived'
  })
}

/** Ends the backend of a directory, whoever uses it; returns whether there was one. */
export async function stopBackend(directory: string): Promise<boolean> {
  const root = rooted(directory)
  return withLock(lockOf(root), async () => {
    const record = readRecord(root)
    if (record !== undefined) await end(root, record, graceMs)
    dismissAll(usersOf(root))
    removeRecord(root)
    return record !== undefined
  })
}

/** Deletes the data of a directory and returns the freed bytes, or undefined while it is in use. */
export async function deleteData(directory: string): Promise<number | undefined> {
  const root = rooted(directory)
  return withLock(lockOf(root), async () => {
    const isInUse = isUsed(usersOf(root)) || isDataOpen(root) || readRecord(root) !== undefined
    return isInUse ? undefined : removeData(root)
  })
}

/** Returns what runs in a directory, or undefined when nothing does; one of the two may have died. */
export async function backendStatus(directory: string): Promise<BackendStatus | undefined> {
  const root = rooted(directory)
  const record = readRecord(root)
  if (record === undefined) return undefined
  const { kind, brokers, registryUrl } = record
  const [hasBroker, hasRegistry] =
    kind === 'containers'
      ? [true, true]
      : [isAliveWith(record.pids.broker, root), isAliveWith(record.pids.registry, root)]
  if (!hasBroker && !hasRegistry) return undefined
  const [broker, registry] = await Promise.all([
    stateOf(hasBroker, () => brokerAnswers(brokers)),
    stateOf(hasRegistry, () => registryAnswers(registryUrl)),
  ])
  return {
    ...{ kind, brokers, registryUrl, broker, registry },
    answers: broker === 'up' && registry === 'up',
    detached: isDetached(usersOf(root)),
    users: processesUsing(usersOf(root)),
    pids: kind === 'processes' ? [record.pids.broker, record.pids.registry] : [],
  }
}

async function stateOf(isThere: boolean, answers: () => Promise<boolean>): Promise<PartState> {
  if (!isThere) return 'down'
  return (await answers()) ? 'up' : 'silent'
}

function joinOrStart(directory: string, options: BackendOptions): Promise<Backend> {
  const { progress = () => {}, detached = false } = options
  const users = usersOf(directory)
  return withLock(
    lockOf(directory),
    async () => {
      const leave = use(users)
      try {
        const running = await runningIn(directory)
        const backend = running ? addressOf(running) : await startIn(directory, options)
        if (detached) useForGood(users)
        return { ...backend, stop: () => leaveBackend(directory, leave) }
      } catch (cause) {
        leave()
        throw cause
      }
    },
    () => progress('waiting for another process that starts or stops the backend'),
  )
}

async function startIn(directory: string, options: BackendOptions): Promise<Running> {
  const note = (started: Started): void => writeRecord(directory, started.record())
  const starting = start({
    ...startOptions(directory, directory, options),
    onRestart: () => void starting.then(note),
  })
  const started = await starting
  note(started)
  return runningOf(started)
}

async function startFresh(directory: string, options: BackendOptions): Promise<Backend> {
  const folder = throwAwayFolder(directory)
  const leave = use(usersOf(folder))
  const remove = (): void => {
    leave()
    rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
  }
  try {
    const started = await start(startOptions(directory, folder, options))
    const stop = async (): Promise<void> => {
      await end(folder, started.record(), 0)
      remove()
    }
    return { ...runningOf(started), stop }
  } catch (cause) {
    remove()
    throw cause
  }
}

function startOptions(directory: string, folder: string, options: BackendOptions) {
  return {
    directory,
    folder,
    kept: directory === folder,
    detached: options.detached ?? false,
    users: usersOf(folder),
    lock: lockOf(folder),
    only: options.only,
    env: options.env ?? process.env,
    progress: options.progress ?? (() => {}),
    ...(options.onLaunched && { onLaunched: options.onLaunched }),
  }
}

type Running = Omit<Backend, 'stop'>

function runningOf(started: Started): Running {
  return {
    ...addressOf(started.record()),
    ...(started.processes && { processes: started.processes }),
  }
}

function addressOf({ brokers, registryUrl, kind }: BackendRecord): Running {
  return { brokers, registryUrl, kind }
}

async function leaveBackend(directory: string, leave: () => void): Promise<void> {
  await withLock(lockOf(directory), async () => {
    leave()
    const record = readRecord(directory)
    if (record === undefined || isUsed(usersOf(directory))) return
    await end(directory, record, graceMs)
    removeRecord(directory)
  })
}

/** Returns what runs and answers; what runs only half, or no longer answers, is ended. */
async function runningIn(directory: string): Promise<BackendRecord | undefined> {
  const record = readRecord(directory)
  if (record === undefined) return undefined
  const deadline = Date.now() + (record.kind === 'processes' ? patienceMs : 0)
  while (isPresent(directory, record)) {
    if (await bothAnswer(record)) return record
    if (Date.now() >= deadline) break
    await delay(100)
  }
  await end(directory, record, graceMs)
  removeRecord(directory)
  return undefined
}

function isPresent(directory: string, record: BackendRecord): boolean {
  if (record.kind === 'containers') return true
  return Object.values(record.pids).every((pid) => isAliveWith(pid, directory))
}

async function bothAnswer({ brokers, registryUrl }: BackendRecord): Promise<boolean> {
  const answers = await Promise.all([brokerAnswers(brokers), registryAnswers(registryUrl)])
  return answers.every(Boolean)
}

async function end(directory: string, record: BackendRecord, graceMs: number): Promise<void> {
  if (record.kind === 'containers') return removeContainers(record.containers)
  await Promise.all(Object.values(record.pids).map((pid) => terminate(pid, directory, graceMs)))
}

/** The same directory by every name it has. */
function rooted(directory: string): string {
  mkdirSync(directory, { recursive: true })
  return realpathSync(directory)
}

function usersOf(folder: string): string {
  return join(folder, 'users')
}

function lockOf(folder: string): string {
  return join(folder, 'backend.lock')
}
