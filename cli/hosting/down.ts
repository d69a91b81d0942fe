/** `stoa down`: ends what runs in the background; what it keeps on disk stays, unless one asks. */

import { join } from 'node:path'
import { z } from 'zod'
import { backendStatus, deleteData, stopBackend } from '../../deploy/local/backend.ts'
import { withLock } from '../../deploy/local/lock.ts'
import { CommandError } from '../exit-code.ts'
import type { Invocation } from '../invocation.ts'
import { emit, outputFormat, parsed } from '../options.ts'
import { readServices, removeServices, stopServices } from './services-record.ts'

const Options = z.object({ deleteData: z.boolean().default(false), output: outputFormat })

/** Ends the services, in order, then Kafka and the registry; says what there was to end. */
export async function down({ home, terminal }: Invocation, given: unknown): Promise<number> {
  const { output, deleteData: isToDelete } = parsed(Options, given)
  // Before anything is stopped, since what uses it would fail.
  if (isToDelete) refuseUsers((await backendStatus(home))?.users ?? [])
  const stopped = await withLock(join(home, 'services.lock'), async () => {
    const record = readServices(home)
    if (record !== undefined) await stopServices(record, home)
    removeServices(home)
    return record?.services.map(({ name }) => name) ?? []
  })
  const hadBackend = await stopBackend(home)
  const all = [...stopped, ...(hadBackend ? ['registry', 'broker'] : [])]
  const freedBytes = isToDelete ? await freed(home) : undefined
  emit(terminal, output, { stopped: all, ...(freedBytes !== undefined && { freedBytes }) }, () =>
    [
      all.length === 0 ? 'nothing was up' : `stopped ${all.join(', ')}`,
      ...(freedBytes === undefined
        ? []
        : [`deleted the data of Kafka and the registry: ${megabytes(freedBytes)} freed`]),
    ].join('\n'),
  )
  return 0
}

async function freed(home: string): Promise<number> {
  const bytes = await deleteData(home)
  if (bytes === undefined) throw inUse('something has started the local Kafka again')
  return bytes
}

function refuseUsers(pids: readonly number[]): void {
  if (pids.length === 0) return
  const what =
    pids.length === 1 ? `process ${pids.join()} uses` : `processes ${pids.join(', ')} use`
  throw inUse(`${what} the local Kafka`)
}

function inUse(what: string): CommandError {
  return new CommandError(`${what}, so its data stays: wait until that has ended, or end it`, {
    code: 'DATA_IN_USE',
  })
}

function megabytes(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(1)} MB`
}
