/**
 * What a client sends: group commit, so that what is sent at the same time shares a request, and more
 * attempts while it is not known whether a record stands in the log; its id stays the same.
 */

import type { Clock } from '../clock.ts'
import { LogError } from '../errors.ts'
import type { Log } from '../log/port.ts'
import { recordOverheadBytes } from './outbox-sender.ts'
import { asError } from './payload.ts'
import { Writer, type Reserve, type Write, type WriteSource } from './writer.ts'

/** A leader that is lost is back within it. */
const patienceMs = 30_000

export class Outbound implements WriteSource {
  readonly #writer: Writer
  readonly #clock: Clock
  #waiting: Write[] = []
  #isClosed = false

  constructor(log: Log, clock: Clock) {
    this.#clock = clock
    this.#writer = new Writer(log, clock)
    this.#writer.add(this)
  }

  /** @throws LogError LOG_UNAVAILABLE when it is not known to stand in the log after a while */
  async append(write: Omit<Write, 'settle'>): Promise<void> {
    const begun = this.#clock.now()
    for (;;) {
      try {
        await this.#appendOnce(write)
        return
      } catch (error) {
        const isFinal = error instanceof LogError && error.code !== 'LOG_UNAVAILABLE'
        const isOver = this.#isClosed || this.#clock.now() - begun > patienceMs
        if (isFinal || isOver) throw error
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

  /** What waits is given up. */
  close(): void {
    this.#isClosed = true
    this.#writer.close()
    const error = new LogError('the client was closed', { code: 'LOG_UNAVAILABLE' })
    for (const write of this.#waiting.splice(0)) write.settle({ error })
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
