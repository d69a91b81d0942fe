/**
 * J2, J7, J10: what leaves a partition. Every accepted entry that owes a record has it on the log,
 * later than its commit and before its confirmation; and no record is there that nothing owes.
 * A publication that its topic is too small for has its dead letter instead.
 */

import { at, type InboxRecord, type Place, type PublishedRecord } from './decoded.ts'
import { everyModel, isBefore, livesOf, type Facts } from './facts.ts'
import type { OwedItem } from './model.ts'
import { messageContent, publishedContent, resultContent } from './owed.ts'

interface Sent {
  readonly place: Place
  readonly content: string
}

export function checkSent(facts: Facts): void {
  const sent = sentRecords(facts)
  const buried = buriedPublications(facts)
  // A run id that lives twice derives the same ids twice: its copies are told apart by what they say.
  const owed = Map.groupBy(
    everyModel(facts).flatMap((model) => model.owed),
    (item) => `${item.topic} ${item.id}`,
  )
  for (const [name, items] of owed) {
    const copies = sent.get(name) ?? []
    for (const copy of copies) checkCopy(facts, items, copy, copies)
    for (const item of items) {
      const letters = item.kind === 'published' ? (buried.get(item.id) ?? []) : []
      checkItem(facts, item, [...copies, ...letters])
    }
  }
  const ids = new Set([...owed.values()].flat().map(({ id }) => id))
  for (const [id, [letter]] of buried) {
    if (letter !== undefined && !ids.has(id))
      facts.report('J10', `${at(letter.place)}: ${id} is buried, and no accepted entry owes it`)
  }
  for (const [name, copies] of sent) {
    const [first] = copies
    if (owed.has(name) || first === undefined || isAnswer(facts, name)) continue
    facts.report('J10', `${at(first.place)}: ${name} is there, and no accepted entry owes it`)
  }
}

function checkCopy(
  facts: Facts,
  items: readonly OwedItem[],
  { place, content }: Sent,
  copies: readonly Sent[],
) {
  const { report } = facts
  const item = items.find((owed) => owed.content === content)
  const what = described(item ?? items[0])
  if (item === undefined) {
    // The check of results says so by another name.
    if (items[0]?.kind !== 'result')
      report('J7', `${at(place)}: a copy of ${what} says something else`)
    return
  }
  if (item.partition !== null && place.partition !== item.partition) {
    report('J7', `${at(place)}: ${what} belongs to partition ${String(item.partition)}`)
  }
  if (place.partition !== copies.find((copy) => copy.content === content)?.place.partition) {
    report('J7', `${at(place)}: copies of ${what} went to different partitions`)
  }
  if (!isBefore(facts, item.by.record, place))
    report('J2', `${at(place)}: ${what} was sent before that was decided`)
}

function checkItem(facts: Facts, item: OwedItem, copies: readonly Sent[]) {
  const { confirmedBy } = item
  const own = copies.filter(
    ({ content, place }) => content === item.content && isBefore(facts, item.by.record, place),
  )
  if (confirmedBy !== null && !own.some(({ place }) => isBefore(facts, place, confirmedBy))) {
    facts.report('J7', `${at(confirmedBy)}: confirms ${described(item)}, which had not been sent`)
  }
  if (facts.evidence.quietAt !== undefined && own.length === 0)
    facts.report('J7', `${described(item)} was never sent`)
}

function described(item: OwedItem | undefined): string {
  if (item === undefined) return 'nothing'
  const { record, entry } = item.by
  return `${item.kind} ${item.id} owed by ${at(record)}, run ${entry.runId}`
}

/** By topic and id. */
function sentRecords(facts: Facts): Map<string, Sent[]> {
  const sent = new Map<string, Sent[]>()
  const add = (id: string, place: Place, content: string) => {
    const name = `${place.topic} ${id}`
    const copies = sent.get(name)
    if (copies === undefined) sent.set(name, [{ place, content }])
    else copies.push({ place, content })
  }
  const addMessage = (record: InboxRecord) => {
    if (record.message !== null && !record.isClients)
      add(record.message.id, record, messageContent(record.message))
  }
  const addPublished = (record: PublishedRecord) => {
    add(record.id, record, publishedContent(record.key, record.value))
  }
  for (const definition of facts.decoded.definitions) {
    definition.inbox.flat().forEach(addMessage)
    for (const record of definition.results) {
      const { runId, endedAt, outcome } = record.result
      add(runId, record, resultContent(endedAt, outcome))
    }
  }
  facts.decoded.published.forEach(addPublished)
  return sent
}

/** The dead letters of publications, by id. */
function buriedPublications(facts: Facts): Map<string, Sent[]> {
  const letters = facts.decoded.letters.filter(({ letter }) => letter.code === 'RECORD_TOO_LARGE')
  const sent = letters.map(({ id, letter: { key, value }, ...place }) => {
    const content = publishedContent(
      key === null ? null : Buffer.from(key).toString(),
      value ?? new Uint8Array(),
    )
    return { id, place, content }
  })
  return Map.groupBy(sent, ({ id }) => id)
}

/** The reply to a call whose start found its run ended: derived from the start's id. */
function isAnswer(facts: Facts, name: string): boolean {
  const match = /^(\S+)\.inbox (.+)\/answer$/.exec(name)
  if (match === null) return false
  const [, , startId] = match
  const starts = facts.decoded.definitions.flatMap(({ name: definition, inbox }) =>
    inbox
      .flat()
      .flatMap(({ message }) =>
        message !== null && message.id === startId ? [{ definition, message }] : [],
      ),
  )
  return starts.some(({ definition, message }) =>
    livesOf(facts, definition, message.runId).some((life) => life.terminal !== null),
  )
}
