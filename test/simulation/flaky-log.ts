/** A log that does not always answer: requests that only ask may fail; appends have their own fates. */

import { LogError } from '../../runtime/errors.ts'
import type {
  FollowOptions,
  Log,
  LogRecord,
  Ownership,
  OwnOptions,
  ReadRange,
} from '../../runtime/log/port.ts'

/** @param fails says whether the next request fails */
export function flakyLog(log: Log, fails: () => boolean): Log {
  async function unless<T>(act: () => Promise<T>): Promise<T> {
    if (fails()) throw noAnswer()
    return act()
  }

  async function* read(range: ReadRange): AsyncGenerator<readonly LogRecord[]> {
    for await (const records of log.read(range)) {
      if (fails()) throw noAnswer()
      yield records
    }
  }

  return {
    append: (batch) => log.append(batch),
    partitions: (topic) => unless(() => log.partitions(topic)),
    offsets: (topic, partition) => unless(() => log.offsets(topic, partition)),
    offsetAt: (topic, partition, time) => unless(() => log.offsetAt(topic, partition, time)),
    read,
    follow: (options: FollowOptions) => unless(() => log.follow(options)),
    own: async (options: OwnOptions) => flakyOwnership(await log.own(options), unless),
    trim: (topic, partition, before) => unless(() => log.trim(topic, partition, before)),
    close: () => log.close(),
  }
}

function flakyOwnership(
  ownership: Ownership,
  unless: <T>(act: () => Promise<T>) => Promise<T>,
): Ownership {
  return {
    seek: (partition, offset) => ownership.seek(partition, offset),
    pause: (partition) => ownership.pause(partition),
    resume: (partition) => ownership.resume(partition),
    commit: (partition, committed) => unless(() => ownership.commit(partition, committed)),
    committed: (partition) => unless(() => ownership.committed(partition)),
    leave: () => ownership.leave(),
  }
}

function noAnswer(): LogError {
  return new LogError('the log did not answer', { code: 'LOG_UNAVAILABLE' })
}
