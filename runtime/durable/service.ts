/** One process serving definitions: the kernel with everything it needs handed in. */

import type { Clock, Randomness } from '../clock.ts'
import type { Logger } from '../logger.ts'
import type { Log } from '../log/port.ts'
import type { Codec } from '../../schemas/codec.ts'
import type { AnyWorkflow } from './definition.ts'
import { DefinitionHost } from './definition-host.ts'
import { defaultSettings, type Kernel, type KernelSettings } from './kernel.ts'
import { Topology } from './topology.ts'
import { Writer } from './writer.ts'

export interface ServiceOptions {
  readonly log: Log
  readonly codec: Codec
  readonly clock: Clock
  readonly randomness: Randomness
  readonly logger: Logger
  /** Several versions of one name are served together; new runs start with the first. */
  readonly definitions: readonly AnyWorkflow[]
  readonly instanceId?: string
  readonly settings?: Partial<KernelSettings>
}

export interface Service {
  /** Finishes what is under way within the grace, leaves the groups; the log stays open. */
  stop(graceMs: number): Promise<void>
}

/** Starts to serve. @throws LogError TOPIC_UNKNOWN, UsageError TOPIC_MISMATCH */
export async function startService(options: ServiceOptions): Promise<Service> {
  const { log, clock, randomness, logger, codec } = options
  const writer = new Writer(log, clock)
  const topology = new Topology(log, clock, logger, () => {
    writer.wake()
  })
  const kernel: Kernel = {
    ...{ log, codec, clock, randomness, logger, writer, topology },
    settings: { ...defaultSettings, ...options.settings },
    incarnation: randomness.uuid(),
  }
  const byName = Map.groupBy(options.definitions, (definition) => definition.name)
  const hosts = [...byName.values()].map((versions) => new DefinitionHost(kernel, versions))
  try {
    await Promise.all(hosts.map((host) => host.start(options.instanceId)))
  } catch (error) {
    await Promise.all(hosts.map((host) => host.stop(0)))
    throw error
  }
  return {
    async stop(graceMs) {
      await Promise.all(hosts.map((host) => host.stop(graceMs)))
      writer.close()
    },
  }
}
