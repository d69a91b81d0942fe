/** `stoa down`: ends what runs in the background; what it keeps on disk stays. */

import { join } from 'node:path'
import { z } from 'zod'
import { stopBackend } from '../../deploy/local/backend.ts'
import { withLock } from '../../deploy/local/lock.ts'
import type { Invocation } from '../invocation.ts'
import { emit, outputFormat, parsed } from '../options.ts'
import { readServices, removeServices, stopServices } from './services-record.ts'

const Options = z.object({ output: outputFormat })

/** Ends the services, in order, then Kafka and the registry; says what there was to end. */
export async function down({ home, terminal }: Invocation, given: unknown): Promise<number> {
  const { output } = parsed(Options, given)
  const stopped = await withLock(join(home, 'services.lock'), async () => {
    const record = readServices(home)
    if (record !== undefined) await stopServices(record, home)
    removeServices(home)
    return record?.services.map(({ name }) => name) ?? []
  })
  const hadBackend = await stopBackend(home)
  const all = [...stopped, ...(hadBackend ? ['registry', 'broker'] : [])]
  emit(terminal, output, { stopped: all }, () =>
    all.length === 0 ? 'nothing was up' : `stopped ${all.join(', ')}`,
  )
  return 0
}
