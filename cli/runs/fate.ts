/**
 * What became of a message to a run, as far as the log tells: its entry stands in the journal, it lies
 * in the dead letters, its owner has passed it over because the run had ended, or none of that yet.
 *
 * Read from the ends that the topics had before the message was sent.
 */

import { setTimeout as delay } from 'node:timers/promises'
import type { MessageBody } from '../../schemas/index.ts'
import { deadLettersTopic, definitionTopics } from '../../schemas/index.ts'
import type { Connection } from '../connection.ts'
import { deadLettersFrom, endsOf } from './dead-letters-reader.ts'
import { findRun, type FoundRun } from './find.ts'
import { messagesTo } from './messages.ts'

export type Fate =
  | { readonly is: 'taken in'; readonly run: FoundRun }
  | { readonly is: 'refused'; readonly code: string; readonly cause: string }
  | { readonly is: 'too late'; readonly run: FoundRun }
  | { readonly is: 'not taken in yet' }

export interface Addressee {
  readonly definition: string
  readonly runId: string
  readonly partition: number
}

interface Placed {
  readonly id: string
  readonly offset: bigint
}

/** An owner that serves takes a message in within milliseconds. */
const longestMs = 5_000
const firstPauseMs = 25
const longestPauseMs = 500

/** Sends a message, and waits a few seconds for what becomes of it. */
export async function sendAndSee(
  connection: Connection,
  addressee: Addressee,
  { send, isOurs }: { send: () => Promise<void>; isOurs: (body: MessageBody) => boolean },
  patienceMs = longestMs,
): Promise<Fate> {
  const { log } = connection
  const { inbox, journal } = definitionTopics(addressee.definition)
  const { partition } = addressee
  const [{ high: inboxEnd }, journalEnd, lettersEnds] = await Promise.all([
    log.offsets(inbox, partition),
    log.offsets(journal, partition),
    endsOf(log, deadLettersTopic),
  ])
  await send()
  const message = await findMessage(connection, addressee, inboxEnd, isOurs)
  const deadline = performance.now() + patienceMs
  let seenTo = journalEnd.high
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
    for await (const letter of deadLettersFrom(connection, lettersEnds)) {
      const { topic, offset, code, cause } = letter
      const isIt = topic === inbox && letter.partition === partition && offset === message.offset
      if (isIt) return { is: 'refused', code, cause }
    }
    // A journal is folded whole: only where it has grown.
    const { high } = await log.offsets(journal, partition)
    if (high > seenTo) {
      seenTo = high
      const run = await findRun(connection, addressee.definition, addressee.runId)
      const entry = run.history.find(
        ({ entry: { body } }) => 'messageId' in body && body.messageId === message.id,
      )
      if (entry !== undefined) return { is: 'taken in', run }
      if (run.state !== undefined && run.state.outcome !== null) return { is: 'too late', run }
    }
    if (performance.now() + pauseMs > deadline) return { is: 'not taken in yet' }
    await delay(pauseMs)
  }
}

/** Finds what was just sent: nobody but its owner reads an inbox, so its place is not known yet. */
async function findMessage(
  connection: Connection,
  addressee: Addressee,
  from: bigint,
  isOurs: (body: MessageBody) => boolean,
): Promise<Placed> {
  for await (const { offset, message } of messagesTo(connection, { ...addressee, from })) {
    if (isOurs(message.body)) return { id: message.id, offset }
  }
  throw new Error(`what was sent to run ${addressee.runId} is not in its inbox`)
}
