/** The backend as two child processes: Kafka and the registry, started side by side. */

import { startBroker, type RunningProcess } from './broker.ts'
import type { Platform } from './libraries.ts'
import { keptPorts } from './ports.ts'
import { registryUrl, startRegistry } from './registry.ts'

export interface ProcessesOptions {
  readonly platform: Platform
  /** Data and output are kept here. */
  readonly directory: string
  /** See `JvmOptions`. */
  readonly users: string
  readonly lock: string
  /** Called once both run, long before they answer. */
  readonly onLaunched?: () => void
  /** Called when one of them runs again under another process id. */
  readonly onRestart?: () => void
}

/** A process that can be ended and started again, on the same data and port. */
export interface Restartable {
  /** Of the process that runs now, or ran last. */
  readonly pid: number
  /** Ends it in order. */
  stop(): Promise<void>
  /** Ends it as a power cut would. */
  kill(): Promise<void>
  /** Starts it again once it has ended; resolves when it answers. */
  start(): Promise<void>
}

export interface Processes {
  readonly brokers: string
  readonly registryUrl: string
  readonly broker: Restartable
  readonly registry: Restartable
}

/** Starts both and resolves once both answer; when one fails the other is ended again. */
export async function startProcesses(options: ProcessesOptions): Promise<Processes> {
  const { onRestart } = options
  const [port = 0, controllerPort = 0, registryPort = 0] = await keptPorts(options.directory, 3)
  const starting = Promise.allSettled([
    restartable(() => startBroker({ ...options, port, controllerPort }), onRestart),
    restartable(() => startRegistry({ ...options, port: registryPort }), onRestart),
  ])
  options.onLaunched?.()
  const [broker, registry] = await starting
  if (broker.status === 'fulfilled' && registry.status === 'fulfilled') {
    return {
      brokers: `127.0.0.1:${port}`,
      registryUrl: registryUrl(registryPort),
      broker: broker.value,
      registry: registry.value,
    }
  }
  if (broker.status === 'fulfilled') await broker.value.kill()
  if (registry.status === 'fulfilled') await registry.value.kill()
  throw broker.status === 'rejected' ? broker.reason : (registry as PromiseRejectedResult).reason
}

async function restartable(
  start: () => Promise<RunningProcess>,
  onRestart?: () => void,
): Promise<Restartable> {
  let running = await start()
  return {
    get pid() {
      return running.pid
    },
    stop: () => running.stop(),
    kill: () => running.kill(),
    start: async () => {
      await running.ended
      running = await start()
      onRestart?.()
    },
  }
}
