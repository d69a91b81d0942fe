/** One partition in memory. Offsets only grow and may have gaps; trimmed records stay for checkers. */

import type { LogRecord, NewRecord, Offsets } from '../port.ts'

const batchRecords = 500

export class MemoryPartition {
  readonly topic: string
  readonly partition: number
  #records: LogRecord[] = []
  /** Offsets without a record. */
  #skipped: bigint[] = []
  #low = 0n
  #high = 0n
  #watchers = new Set<() => void>()

  constructor(topic: string, partition: number) {
    this.topic = topic
    this.partition = partition
  }

  get offsets(): Offsets {
    return { low: this.#low, high: this.#high }
  }

  /** Every record ever appended. */
  get records(): readonly LogRecord[] {
    return this.#records
  }

  /** Returns the base offset. */
  append(records: readonly NewRecord[], timestamp: number): bigint {
    const base = this.#high
    for (const { key, value, headers } of records) {
      this.#records.push({
        topic: this.topic,
        partition: this.partition,
        offset: this.#high,
        key: key === null ? null : Buffer.from(key),
        value: Buffer.from(value),
        headers: { ...headers },
        timestamp,
      })
      this.#high += 1n
    }
    for (const watcher of this.#watchers) watcher()
    return base
  }

  /** Leaves offsets without a record, as a log's control records do. */
  skip(count: number): void {
    for (let left = count; left > 0; left -= 1) {
      this.#skipped.push(this.#high)
      this.#high += 1n
    }
  }

  /** Records without a value for the offsets of a range that were skipped. */
  markers(from: bigint, to: bigint): readonly LogRecord[] {
    const { topic, partition } = this
    return this.#skipped
      .filter((offset) => offset >= from && offset >= this.#low && offset < to)
      .map((offset) => ({
        ...{ topic, partition, offset, key: null, value: null, headers: {}, timestamp: 0 },
      }))
  }

  trim(before: bigint): void {
    if (before > this.#low) this.#low = before < this.#high ? before : this.#high
  }

  /** Some of the records from an offset on and below another, from the first that is there. */
  slice(from: bigint, to: bigint): readonly LogRecord[] {
    const start = this.#indexOf(from > this.#low ? from : this.#low)
    const end = Math.min(this.#indexOf(to), start + batchRecords)
    return this.#records.slice(start, end)
  }

  offsetAt(time: number): bigint {
    const start = this.#indexOf(this.#low)
    const found = this.#records.slice(start).find((record) => record.timestamp >= time)
    return found?.offset ?? this.#high
  }

  /** Calls back after each append, until the returned function is called. */
  watch(watcher: () => void): () => void {
    this.#watchers.add(watcher)
    return () => this.#watchers.delete(watcher)
  }

  /** Index of the first record at or after an offset. */
  #indexOf(offset: bigint): number {
    let low = 0
    let high = this.#records.length
    while (low < high) {
      const middle = (low + high) >>> 1
      const record = this.#records[middle]
      if (record !== undefined && record.offset < offset) low = middle + 1
      else high = middle
    }
    return low
  }
}
