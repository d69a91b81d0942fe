/**
 * The one write loop of a process.
 *
 * 1. One produce request is in flight; what arrives meanwhile, for all partitions and topics, goes
 *    into the next one. Nothing waits for company.
 * 2. Every write is settled exactly once: with its offset, or with an error that says nothing about
 *    whether it stands in the log.
 * 3. After a request the loop lets every microtask and one macrotask run before it builds the next,
 *    so that the runs just resumed join it.
 */

import type { Clock } from '../clock.ts'
import type { Append, Log, NewRecord } from '../log/port.ts'

/** A record on its way. */
export interface Write {
  readonly topic: string
  readonly partition: number
  readonly record: NewRecord
  settle(result: { readonly offset: bigint } | { readonly error: unknown }): void
}

/** Says whether a record of this size still fits into the request, and takes its place in it. */
export type Reserve = (topic: string, partition: number, bytes: number) => boolean

export interface WriteSource {
  /** Adds what is ready to the request that is being built. */
  collect(reserve: Reserve): readonly Write[]
}

/** A request holds this much for one partition unless a single record is larger. */
export const partitionBytesPerRequest = 768 * 1024
const requestBytes = 8 * 1024 * 1024
const firstPauseMs = 20
const longestPauseMs = 1_000

export class Writer {
  readonly #log: Log
  readonly #clock: Clock
  readonly #sources = new Set<WriteSource>()
  #isRunning = false
  #isClosed = false
  #failures = 0

  constructor(log: Log, clock: Clock) {
    this.#log = log
    this.#clock = clock
  }

  add(source: WriteSource): void {
    this.#sources.add(source)
  }

  remove(source: WriteSource): void {
    this.#sources.delete(source)
  }

  close(): void {
    this.#isClosed = true
  }

  /** Says that a source has something to write. */
  wake(): void {
    if (this.#isRunning || this.#isClosed) return
    this.#isRunning = true
    void this.#loop()
  }

  async #loop(): Promise<void> {
    // What is queued in the same breath goes into the same request.
    await Promise.resolve()
    for (;;) {
      const writes = this.#isClosed ? [] : this.#collect()
      if (writes.length === 0) break
      await this.#send(writes)
      await this.#clock.yield()
    }
    this.#isRunning = false
  }

  #collect(): readonly Write[] {
    const sizes = new Map<string, number>()
    let total = 0
    const reserve: Reserve = (topic, partition, bytes) => {
      const place = `${topic}/${String(partition)}`
      const size = sizes.get(place)
      if (size !== undefined && size + bytes > partitionBytesPerRequest) return false
      if (total > 0 && total + bytes > requestBytes) return false
      sizes.set(place, (size ?? 0) + bytes)
      total += bytes
      return true
    }
    return [...this.#sources].flatMap((source) => source.collect(reserve))
  }

  async #send(writes: readonly Write[]): Promise<void> {
    const places = new Map<string, { append: Append; records: NewRecord[]; writes: Write[] }>()
    for (const write of writes) {
      const { topic, partition } = write
      const key = `${topic}/${String(partition)}`
      let place = places.get(key)
      if (place === undefined) {
        const records: NewRecord[] = []
        place = { append: { topic, partition, records }, records, writes: [] }
        places.set(key, place)
      }
      place.records.push(write.record)
      place.writes.push(write)
    }
    const batch = [...places.values()]
    let bases: readonly bigint[]
    try {
      bases = await this.#log.append(batch.map(({ append }) => append))
      this.#failures = 0
    } catch (error) {
      this.#failures += 1
      for (const write of writes) write.settle({ error })
      await this.#pause()
      return
    }
    batch.forEach(({ writes: placed }, index) => {
      const base = bases[index]
      placed.forEach((write, at) => {
        write.settle(
          base === undefined
            ? { error: new Error('the log acknowledged fewer appends than it was given') }
            : { offset: base + BigInt(at) },
        )
      })
    })
  }

  #pause(): Promise<void> {
    const delay = Math.min(longestPauseMs, firstPauseMs * 2 ** (this.#failures - 1))
    return new Promise((resolve) => {
      this.#clock.after(delay, resolve)
    })
  }
}
