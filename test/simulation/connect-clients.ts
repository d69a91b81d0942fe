/** Clients on connections of their own, in the simulation's time. */

import { createClient } from '../../runtime/durable/client.ts'
import { silentLogger } from '../../runtime/logger.ts'
import type { ConnectedClient } from '../workload/clients.ts'
import type { Draw } from '../workload/draw.ts'
import { flakyLog } from './flaky-log.ts'
import type { Surroundings } from './process.ts'

export function connectClients(
  { codec, clock, network }: Surroundings,
  count: number,
  draw: Draw,
): readonly ConnectedClient[] {
  return draw.times(count, (index) => {
    const log = network.connect(`client-${String(index)}`, null)
    const random = draw.fork()
    const randomness = { number: () => random.int(0, 999) / 1_000, uuid: () => random.uuid() }
    const flaky = flakyLog(log, () => network.failsRequest())
    return {
      log,
      client: createClient({ log: flaky, codec, clock, randomness, logger: silentLogger }),
    }
  })
}
