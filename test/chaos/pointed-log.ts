/** A log that tells of the points that a worker passes, where it may be told to die. */

import type { Append, Log, Ownership } from '../../runtime/log/port.ts'
import type { Point } from './worker-options.ts'

/** @param pass may not return */
export function pointedLog(log: Log, pass: (point: Point) => void): Log {
  return {
    append: async (batch) => {
      const touches = passedBy(batch)
      for (const what of touches) pass(`before ${what}`)
      const bases = await log.append(batch)
      for (const what of touches) pass(`after ${what}`)
      return bases
    },
    partitions: (topic) => log.partitions(topic),
    offsets: (topic, partition) => log.offsets(topic, partition),
    offsetAt: (topic, partition, time) => log.offsetAt(topic, partition, time),
    read: (range) => log.read(range),
    follow: (options) => log.follow(options),
    own: async (options) => pointedOwnership(await log.own(options), pass),
    trim: (topic, partition, before) => log.trim(topic, partition, before),
    close: () => log.close(),
  }
}

function pointedOwnership(ownership: Ownership, pass: (point: Point) => void): Ownership {
  return {
    seek: (partition, offset) => ownership.seek(partition, offset),
    pause: (partition) => ownership.pause(partition),
    resume: (partition) => ownership.resume(partition),
    commit: async (partition, committed) => {
      pass('before commit')
      await ownership.commit(partition, committed)
      pass('after commit')
    },
    committed: (partition) => ownership.committed(partition),
    leave: () => ownership.leave(),
  }
}

function passedBy(batch: readonly Append[]): readonly ('decide' | 'send')[] {
  const isJournal = ({ topic }: Append) => topic.endsWith('.journal')
  return [
    ...(batch.some(isJournal) ? (['decide'] as const) : []),
    ...(batch.every(isJournal) ? [] : (['send'] as const)),
  ]
}
