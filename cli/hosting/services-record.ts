/** The note that says which services run in the background, and on which Kafka. */

import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { isAliveWith, isStopped, terminate } from '../../deploy/local/process.ts'
import { serviceNames } from './order.ts'

const RecordedService = z.object({
  name: z.enum(serviceNames),
  pid: z.int().positive(),
  startedAt: z.number(),
  logFile: z.string(),
})
export type RecordedService = z.infer<typeof RecordedService>

const ServicesRecord = z.object({
  brokers: z.string(),
  registryUrl: z.string(),
  services: z.array(RecordedService),
})
export type ServicesRecord = z.infer<typeof ServicesRecord>

/** A service that has nothing under way ends in a moment. */
const graceMs = 5_000

/** Returns the note with those of its services that run, or undefined when there is none. */
export function readServices(home: string): ServicesRecord | undefined {
  try {
    const { data } = ServicesRecord.safeParse(JSON.parse(readFileSync(pathIn(home), 'utf8')))
    return data && { ...data, services: data.services.filter((each) => isUp(each, home)) }
  } catch {
    return undefined
  }
}

/** Whether a service that runs can do anything: one that was stopped serves nobody. */
export function isServing({ pid }: RecordedService): boolean {
  return !isStopped(pid)
}

export function writeServices(home: string, record: ServicesRecord): void {
  mkdirSync(home, { recursive: true })
  const half = `${pathIn(home)}.half`
  writeFileSync(half, `${JSON.stringify(record, null, 2)}\n`)
  renameSync(half, pathIn(home))
}

export function removeServices(home: string): void {
  rmSync(pathIn(home), { force: true })
}

/** Ends services that run in the background. */
export async function stopServices({ services }: ServicesRecord, home: string): Promise<void> {
  await Promise.all(
    services.map((service) => terminate(service.pid, markOf(service, home), graceMs)),
  )
}

/** What the command line of a service holds: ids of processes are used again. */
function markOf({ name }: Pick<RecordedService, 'name'>, home: string): string {
  return ` ${name} ${home}`
}

function isUp(service: RecordedService, home: string): boolean {
  return isAliveWith(service.pid, markOf(service, home))
}

function pathIn(home: string): string {
  return join(home, 'services.json')
}
