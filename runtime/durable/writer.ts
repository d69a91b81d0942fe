/**
 * The one write loop of a process.
 *
 * 1. One produce request is in flight; what arrives meanwhile, for all partitions and topics, goes
 *    into the next one. Nothing waits for company.
 * 2. Every write is settled exactly once: with its offset, or with an error. Only RECORD_TOO_LARGE
 *    says that it is not in the log; any other says nothing about that.
 * 3. After a request the loop lets every microtask and one macrotask run before it builds the next,
 *    so that the runs just resumed join it. Only where there was more to write than a request likes
 *    to hold, the rest goes out first, and the runs resume while the broker works.
 * 4. A place whose append failed rests for a while, longer each time; the others go on.
 */

import type { Clock } from '../clock.ts'
import { LogError } from '../errors.ts'
import { type Append, AppendError, type Log, type NewRecord } from '../log/port.ts'
import { asError } from './payload.ts'

/** A record on its way. */
export interface Write {
  readonly topic: string
  readonly partition: number
  readonly record: NewRecord
  settle(result: { readonly offset: bigint } | { readonly error: Error }): void
}

/**
 * Says whether a record of this size may go into the request, and takes its place in it. Behind one
 * that was refused none goes to the same partition, so that their order is kept.
 */
export type Reserve = (topic: string, partition: number, bytes: number) => boolean

export interface WriteSource {
  /** Adds what is ready to the request that is being built. */
  collect(reserve: Reserve): readonly Write[]
}

/** A request holds this much for one partition unless a single record is larger. */
export const partitionBytesPerRequest = 768 * 1024
const requestBytes = 8 * 1024 * 1024
/** With this much in it no further source is asked: more would only make its runs wait. */
export const fullRequestBytes = 64 * 1024
const firstRestMs = 20
const longestRestMs = 2_000

interface Request {
  readonly writes: readonly Write[]
  /** There may be more to write. */
  readonly isFull: boolean
}

/** What a request brings to one partition. */
interface Place {
  readonly key: string
  readonly append: Append & { readonly records: NewRecord[] }
  readonly writes: Write[]
}

interface Rest {
  readonly failures: number
  /** Set by its timer and not read from the clock, which may be behind it, or set back. */
  isOver: boolean
}

/** An acknowledged or failed request. */
interface Sent {
  /** Everything in it stands in the log. */
  readonly isWhole: boolean
  /** Tells the writers what became of theirs. */
  settle(): void
}

export class Writer {
  readonly #log: Log
  readonly #clock: Clock
  readonly #sources = new Set<WriteSource>()
  readonly #resting = new Map<string, Rest>()
  /** The most that a topic takes in one append, where less than usual. */
  readonly #limits = new Map<string, number>()
  #isRunning = false
  #isClosed = false

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
    await this.#turn()
    let request = this.#collect()
    while (request.writes.length > 0) {
      let sent = await this.#send(request.writes)
      // A request and the rest of it make a pair; then what the first of them resumed is ready.
      let sinceFull = request.isFull ? 0 : 2
      // What failed has to be back in its place before the next request is built.
      while (sinceFull < 2 && sent.isWhole) {
        request = this.#collect()
        if (request.writes.length === 0) break
        const sending = this.#send(request.writes)
        sent.settle()
        sent = await sending
        sinceFull = request.isFull ? 0 : sinceFull + 1
      }
      sent.settle()
      await this.#turn()
      request = this.#collect()
    }
    this.#isRunning = false
  }

  /** Lets the runs have their turn, and collects behind all who wait for the same one. */
  async #turn(): Promise<void> {
    await this.#clock.yield()
    await Promise.resolve()
  }

  #collect(): Request {
    const writes: Write[] = []
    if (this.#isClosed) return { writes, isFull: false }
    const sizes = new Map<string, number>()
    const refused = new Set<string>()
    let total = 0
    const reserve: Reserve = (topic, partition, bytes) => {
      const key = keyOf(topic, partition)
      const size = sizes.get(key) ?? 0
      const limit = Math.min(partitionBytesPerRequest, this.#limits.get(topic) ?? Infinity)
      const isOver =
        (size > 0 && size + bytes > limit) || (total > 0 && total + bytes > requestBytes)
      if (isOver || refused.has(key) || this.#isResting(key)) {
        refused.add(key)
        return false
      }
      sizes.set(key, size + bytes)
      total += bytes
      return true
    }
    for (const source of [...this.#sources]) {
      if (total >= fullRequestBytes) return { writes, isFull: true }
      const collected = source.collect(reserve)
      if (collected.length === 0) continue
      writes.push(...collected)
      // The others are asked before it next time.
      this.#sources.delete(source)
      this.#sources.add(source)
    }
    return { writes, isFull: false }
  }

  async #send(writes: readonly Write[]): Promise<Sent> {
    const places = [...placesOf(writes)]
    const results = await this.#append(places.map(({ append }) => append))
    places.forEach((place, index) => {
      this.#learn(place, results[index])
    })
    return {
      isWhole: results.every((result) => typeof result === 'bigint'),
      settle: () => {
        places.forEach((place, index) => {
          settlePlace(place, results[index])
        })
      },
    }
  }

  async #append(batch: readonly Append[]): Promise<readonly (bigint | Error)[]> {
    try {
      return await this.#log.append(batch)
    } catch (error) {
      return error instanceof AppendError ? error.results : batch.map(() => asError(error))
    }
  }

  #learn({ key, append, writes }: Place, result: bigint | Error | undefined): void {
    if (typeof result === 'bigint') {
      this.#resting.delete(key)
    } else if (isTooLarge(result) && writes.length > 1) {
      // Which of them is too large shows when they go apart. The log's count of bytes is finer.
      const bytes = append.records.reduce((sum, { value }) => sum + value.byteLength, 0)
      this.#limits.set(append.topic, Math.floor(bytes / 2))
    } else {
      const failures = (this.#resting.get(key)?.failures ?? 0) + 1
      const rest = { failures, isOver: false }
      this.#resting.set(key, rest)
      this.#clock.after(Math.min(longestRestMs, firstRestMs * 2 ** (failures - 1)), () => {
        rest.isOver = true
        this.wake()
      })
    }
  }

  #isResting(key: string): boolean {
    return this.#resting.get(key)?.isOver === false
  }
}

function placesOf(writes: readonly Write[]): Iterable<Place> {
  const places = new Map<string, Place>()
  for (const write of writes) {
    const { topic, partition } = write
    const key = keyOf(topic, partition)
    let place = places.get(key)
    if (place === undefined) {
      place = { key, append: { topic, partition, records: [] }, writes: [] }
      places.set(key, place)
    }
    place.append.records.push(write.record)
    place.writes.push(write)
  }
  return places.values()
}

function settlePlace({ writes }: Place, result: bigint | Error | undefined): void {
  const together = 'the record was not appended together with others: it goes again'
  const fate =
    isTooLarge(result) && writes.length > 1
      ? new LogError(together, { code: 'LOG_UNAVAILABLE', cause: result })
      : (result ?? new Error('the log answered for fewer appends than it was given'))
  writes.forEach((write, at) => {
    write.settle(typeof fate === 'bigint' ? { offset: fate + BigInt(at) } : { error: fate })
  })
}

export function isTooLarge(error: unknown): error is LogError {
  return error instanceof LogError && error.code === 'RECORD_TOO_LARGE'
}

function keyOf(topic: string, partition: number): string {
  return `${topic}/${String(partition)}`
}
