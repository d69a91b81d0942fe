/** Delivers what is appended to every partition of a topic, in order per partition. */

import type { FollowOptions, Subscription } from '../port.ts'
import type { Network } from './network.ts'
import type { MemoryPartition } from './partition.ts'

/** Positions every partition at once, so that nothing appended from here on is missed. */
export function follow(
  partitions: readonly MemoryPartition[],
  options: FollowOptions,
  network: Network,
): Subscription {
  let isClosed = false
  const unwatch = partitions.map((source) => {
    let next = options.from?.get(source.partition) ?? source.offsets.high

    const deliver = () => {
      const records = source.slice(next, source.offsets.high)
      const last = records.at(-1)
      if (isClosed || last === undefined) return
      next = last.offset + 1n
      options.onRecords(source.partition, records)
      network.pass(deliver)
    }
    network.pass(deliver)
    return source.watch(() => network.pass(deliver))
  })

  return {
    close: async () => {
      isClosed = true
      for (const stop of unwatch.splice(0)) stop()
    },
  }
}
