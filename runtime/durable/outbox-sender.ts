/**
 * Sends what decided entries owe to other topics.
 *
 * 1. Items are sent in journal order, in a later request than their commit.
 * 2. An item that was not acknowledged is sent again, with the same id and content, and before all
 *    that follow it: a cancellation never overtakes the start that it cancels.
 * 3. The confirmed position is that of the last item of the acknowledged prefix.
 * 4. A record that its topic is too small for is buried: the code that published it cannot know.
 */

import { cloudEventHeaders } from '../../schemas/headers.ts'
import type { OutboxPosition } from '../../schemas/records.ts'
import { definitionTopics } from '../../schemas/topics.ts'
import type { OutboxItem } from '../../schemas/run-state-bytes.ts'
import type { NewRecord } from '../log/port.ts'
import { bury, type LetterWrite } from './dead-letter.ts'
import type { Kernel } from './kernel.ts'
import type { Home, Owed } from './outbox.ts'
import { isTooLarge, type Reserve, type Write } from './writer.ts'

interface Sending {
  /** Place among all items, for what has to be sent again. */
  readonly order: number
  readonly owed: Owed
  readonly item: OutboxItem
  /** In its stead, once its topic has refused it for good. */
  letter: LetterWrite | null
}

interface Placed {
  readonly topic: string
  readonly partition: number
}

/** An upper bound of headers and framing of a record. */
export const recordOverheadBytes = 512

export class OutboxSender {
  readonly #kernel: Kernel
  readonly #home: Home
  readonly #onProgress: () => void
  #waiting: Sending[] = []
  #count = 0
  /** Items came back, and no longer stand in order. */
  #isUnordered = false
  /** Items of an owed entry that are not acknowledged yet. */
  #pending = new Map<Owed, number>()
  #isClosed = false

  constructor(kernel: Kernel, home: Home, onProgress: () => void) {
    this.#kernel = kernel
    this.#home = home
    this.#onProgress = onProgress
  }

  add(owed: readonly Owed[]): void {
    for (const entry of owed) {
      this.#pending.set(entry, entry.items.length)
      for (const item of entry.items) {
        this.#waiting.push({ order: this.#count, owed: entry, item, letter: null })
        this.#count += 1
      }
    }
  }

  /** Drops everything; acknowledgements that still come are ignored. */
  close(): void {
    this.#isClosed = true
    this.#waiting = []
    this.#pending.clear()
  }

  get isEmpty(): boolean {
    return this.#pending.size === 0
  }

  /** Position of the last entry of the prefix whose items are all acknowledged, or null. */
  confirmed(outbox: readonly Owed[]): OutboxPosition | null {
    let position: OutboxPosition | null = null
    for (const owed of outbox) {
      if (this.#pending.has(owed) && this.#kernel.settings.sabotage !== 'confirm-before-ack') break
      position = { offset: owed.offset, index: owed.index }
    }
    return position
  }

  collect(reserve: Reserve): readonly Write[] {
    const writes: Write[] = []
    const left: Sending[] = []
    if (this.#isUnordered) this.#waiting.sort((one, other) => one.order - other.order)
    this.#isUnordered = false
    for (const sending of this.#waiting) {
      const write = this.#writeWithin(reserve, sending)
      if (write === undefined) left.push(sending)
      else writes.push(write)
    }
    this.#waiting = left
    return writes
  }

  #writeWithin(reserve: Reserve, sending: Sending): Write | undefined {
    const settle: Write['settle'] = (result) => {
      this.#settle(sending, result)
    }
    const write =
      sending.letter === null ? this.writeOf(sending.item, settle, reserve) : sending.letter(settle)
    if (write === undefined) return undefined
    const bytes = write.record.value.byteLength + recordOverheadBytes
    return reserve(write.topic, write.partition, bytes) ? write : undefined
  }

  /** The record of an item, for a place that is known and takes records; undefined while not. */
  writeOf(item: OutboxItem, settle: Write['settle'], reserve?: Reserve): Write | undefined {
    const place = this.#place(item)
    if (place === undefined || reserve?.(place.topic, place.partition, 0) === false)
      return undefined
    return { ...place, record: this.#record(item), settle }
  }

  #settle(sending: Sending, result: Parameters<Write['settle']>[0]): void {
    if (this.#isClosed) return
    if ('error' in result) {
      if (isTooLarge(result.error)) this.#refused(sending, result.error)
      this.#waiting.push(sending)
      this.#isUnordered = true
    } else {
      const left = (this.#pending.get(sending.owed) ?? 1) - 1
      if (left > 0) this.#pending.set(sending.owed, left)
      else this.#pending.delete(sending.owed)
    }
    this.#onProgress()
  }

  /** Our own topics are made large enough, and may be made so again; another's is as it is. */
  #refused(sending: Sending, error: Error): void {
    const { item, owed } = sending
    const { definition, partition } = this.#home
    const { journal } = definitionTopics(definition)
    const place = { topic: journal, partition, offset: owed.offset }
    if (item.kind !== 'published') {
      const { runId } = owed
      this.#kernel.logger.warn(
        { error, runId, kind: item.kind },
        'a record waits for a larger limit',
      )
      return
    }
    const content = { key: Buffer.from(item.key), value: item.payload }
    const buried = { id: item.id, ...place, ...content }
    sending.letter = bury(this.#kernel, buried, 'RECORD_TOO_LARGE', error.message)
  }

  #place(item: OutboxItem): Placed | undefined {
    if (item.kind === 'result') {
      const { definition, partition } = this.#home
      return { topic: definitionTopics(definition).results, partition }
    }
    const topic = item.kind === 'message' ? definitionTopics(item.definition).inbox : item.topic
    if (item.kind === 'message' && 'partition' in item.placement) {
      // An append to a topic that does not exist would fail with all that goes with it.
      return this.#kernel.topology.has(topic, item.placement.partition)
        ? { topic, partition: item.placement.partition }
        : undefined
    }
    const key =
      item.kind === 'message' && 'key' in item.placement ? item.placement.key : itemKey(item)
    const partition = this.#kernel.topology.partitionFor(topic, key)
    return partition === undefined ? undefined : { topic, partition }
  }

  #record(item: OutboxItem): NewRecord {
    const { definition } = this.#home
    const { codec, clock, settings, randomness } = this.#kernel
    switch (item.kind) {
      case 'message': {
        const { runId, body } = item.message
        const isRenamed = settings.sabotage === 'message-id-differs-per-copy'
        const id = isRenamed ? randomness.uuid() : item.message.id
        const correlation = body.type === 'Start' ? { correlationId: body.root } : {}
        const headers = cloudEventHeaders({
          ...{ id, source: definition, type: `stoa.${body.type}`, time: clock.now() },
          ...correlation,
          causationId: id,
        })
        return { key: runId, value: codec.message.encode({ id, runId, body }), headers }
      }
      case 'result': {
        const { runId, endedAt, outcome } = item
        const id = `${definition}/${runId}/result`
        // Everything here comes from the journal, so that a duplicate is byte-identical.
        const headers = cloudEventHeaders({
          id,
          source: definition,
          type: 'stoa.Result',
          time: endedAt,
        })
        return { key: runId, value: codec.result.encode({ runId, endedAt, outcome }), headers }
      }
      case 'published': {
        const { id, key, payload } = item
        const context = { id, source: definition, type: 'stoa.Published', time: clock.now() }
        const headers = { ...cloudEventHeaders(context), 'content-type': 'application/json' }
        return { key, value: payload, headers }
      }
    }
  }
}

function itemKey(item: OutboxItem): string {
  if (item.kind === 'published') return item.key
  return item.kind === 'result' ? item.runId : item.message.runId
}
