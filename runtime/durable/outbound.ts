/**
 * What a client sends: group commit, so that what is sent at the same time shares a request, and a
 * few more attempts while it is not known whether a record stands in the log; its id stays the same.
 */

import type { Clock } from '../clock.ts'
import { LogError } from '../errors.ts'
import type { Log } from '../log/port.ts'
import { recordOverheadBytes } from './outbox-sender.ts'
import { asError } from './payload.ts'
import { Writer, type Reserve, type Write, type WriteSource } from './writer.ts'

const appendAttempts = 5

export class Outbound implements WriteSource {
  readonly #writer: Writer
  #waiting: Write[] = []

  constructor(log: Log, clock: Clock) {
    this.#writer = new Writer(log, clock)
    this.#writer.add(this)
  }

  /** @throws LogError LOG_UNAVAILABLE when it is not known to stand in the log after some attempts */
  async append(write: Omit<Write, 'settle'>): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.#appendOnce(write)
        return
      } catch (error) {
        const isFinal = error instanceof LogError && error.code !== 'LOG_UNAVAILABLE'
        if (isFinal || attempt === appendAttempts) throw error
      }
    }
  }

  collect(reserve: Reserve): readonly Write[] {
    const { fits, waits } = Object.groupBy(this.#waiting, ({ topic, partition, record }) =>
      reserve(topic, partition, record.value.byteLength + recordOverheadBytes) ? 'fits' : 'waits',
    )
    this.#waiting = waits ?? []
    return fits ?? []
  }

  close(): void {
    this.#writer.close()
  }

  #appendOnce(write: Omit<Write, 'settle'>): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle: Write['settle'] = (result) => {
        if ('offset' in result) resolve()
        else reject(asError(result.error))
      }
      this.#waiting.push({ ...write, settle })
      this.#writer.wake()
    })
  }
}
