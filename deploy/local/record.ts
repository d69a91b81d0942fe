/** The note that says what runs in a directory, for every other process that wants to use it. */

import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { z } from 'zod'

const address = { brokers: z.string(), registryUrl: z.string() }

const Address = z.object(address)

const BackendRecord = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('processes'),
    ...address,
    pids: z.object({ broker: z.number(), registry: z.number() }),
  }),
  z.object({ kind: z.literal('containers'), ...address, containers: z.array(z.string()) }),
])
export type BackendRecord = z.infer<typeof BackendRecord>

/** Returns the note, or undefined when there is none that can be read. */
export function readRecord(directory: string): BackendRecord | undefined {
  try {
    const parsed = BackendRecord.safeParse(JSON.parse(readFileSync(pathIn(directory), 'utf8')))
    return parsed.data
  } catch {
    return undefined
  }
}

/** Replaces the note, and that of the address, which stays. */
export function writeRecord(directory: string, record: BackendRecord): void {
  const { brokers, registryUrl } = record
  replace(addressIn(directory), { brokers, registryUrl })
  replace(pathIn(directory), record)
}

/** Whether this is where the backend of a directory is, or was last: it comes back there. */
export function isAddressOf(directory: string, brokers: string, registryUrl: string): boolean {
  try {
    const last = Address.parse(JSON.parse(readFileSync(addressIn(directory), 'utf8')))
    return last.brokers === brokers && last.registryUrl === registryUrl
  } catch {
    return false
  }
}

/** Removes the note. */
export function removeRecord(directory: string): void {
  rmSync(pathIn(directory), { force: true })
}

/** In one move, so that no reader sees half of it. */
function replace(path: string, note: unknown): void {
  writeFileSync(`${path}.half`, `${JSON.stringify(note, null, 2)}\n`)
  renameSync(`${path}.half`, path)
}

function addressIn(directory: string): string {
  return join(directory, 'address.json')
}

function pathIn(directory: string): string {
  return join(directory, 'backend.json')
}
