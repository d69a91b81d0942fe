/**
 * A program: writes numbered values to a topic of its own, follows it and owns it, and tells what it
 * did and saw. Argument: `HistoryOptions` as JSON.
 */

import { setTimeout as sleep } from 'node:timers/promises'
import { AppendError, type LogRecord, type Ownership } from '../../runtime/log/port.ts'
import { kafkaLog } from '../../runtime/log/kafka/kafka-log.ts'
import { createLogger } from '../../runtime/logger.ts'
import { historyTopic, HistoryOptions, type History, type Seen } from './history-options.ts'
import { throughProxy } from './proxy.ts'

const pauseMs = 20
const catchUpMs = 30_000

process.on('disconnect', () => process.exit(0))

const options = HistoryOptions.parse(JSON.parse(process.argv[2] ?? ''))
const { brokers, proxyPort, wire, partitions, sessionTimeoutMs } = options
const socketFactory = throughProxy(proxyPort, wire)
const logger = createLogger('info')
const log = kafkaLog({ brokers, clientId: 'chaos-history', logger, socketFactory })
const history: History = { appends: [], followed: [], owned: [] }
let isWriting = true

const note = (seen: Seen[], partition: number, records: readonly LogRecord[]) => {
  for (const { offset, value } of records) {
    seen.push({ partition, offset: String(offset), value: Buffer.from(value ?? []).toString() })
  }
}

const next = new Map<number, bigint>()
const ownership: Ownership = await log.own({
  ...{ group: historyTopic, topic: historyTopic, sessionTimeoutMs },
  listener: {
    // Given anew, or for the first time: wherever it was, it goes on behind what it has seen.
    onAssigned: (given) => {
      setImmediate(() => {
        for (const partition of given) ownership.seek(partition, next.get(partition) ?? 0n)
      })
    },
    onRecords: (partition, records) => {
      note(history.owned, partition, records)
      next.set(partition, (records.at(-1)?.offset ?? -1n) + 1n)
    },
  },
})
const from = new Map(Array.from({ length: partitions }, (_, partition) => [partition, 0n]))
await log.follow({
  ...{ topic: historyTopic, from },
  onRecords: (partition, records) => note(history.followed, partition, records),
})

process.on('message', () => void finish())
process.send?.({ ready: true })
await write()

async function write(): Promise<void> {
  for (let number = 0; isWriting;) {
    const batch = Array.from({ length: partitions }, (_, partition) => ({
      ...{ topic: historyTopic, partition },
      records: [0, 1].map(() => ({ key: null, value: Buffer.from(String(number++)) })),
    }))
    const results = await log.append(batch).catch((error: unknown) => {
      return error instanceof AppendError ? error.results : []
    })
    for (const [index, { partition, records }] of batch.entries()) {
      const base = results[index]
      const values = records.map(({ value }) => value.toString())
      history.appends.push({
        partition,
        values,
        base: typeof base === 'bigint' ? String(base) : null,
      })
    }
    await sleep(pauseMs)
  }
}

/** Tells once it has seen everything there is, or has had time enough to. */
async function finish(): Promise<void> {
  isWriting = false
  const end = Date.now() + catchUpMs
  while (Date.now() < end && !(await hasCaughtUp())) await sleep(100)
  process.send?.(history)
}

async function hasCaughtUp(): Promise<boolean> {
  try {
    for (let partition = 0; partition < partitions; partition += 1) {
      const { high } = await log.offsets(historyTopic, partition)
      const isThere = (seen: readonly Seen[]) =>
        high === 0n ||
        seen.some((each) => each.partition === partition && each.offset === String(high - 1n))
      if (!isThere(history.followed) || !isThere(history.owned)) return false
    }
    return true
  } catch {
    return false
  }
}
