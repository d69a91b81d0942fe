/**
 * Looks after the Kafka of a review: one that does not answer is told of, one that has died on this
 * machine is started again, and one that stays away ends the waiting. The run is in its journal.
 */

import type { Revival } from '../../deploy/local/backend.ts'
import { LogError } from '../../runtime/errors.ts'
import { span } from '../terminal/times.ts'

export interface KafkaWatch {
  readonly runId: string
  /** Its address, for messages. */
  readonly where: string
  /** Whether a broker answers. */
  readonly answers: () => Promise<boolean>
  /** Starts it again if it has died here. */
  readonly revive: () => Promise<Revival>
  /** Told what is to be seen. */
  readonly note: (line: string) => void
  /** Milliseconds. */
  readonly now: () => number
  readonly pause: (milliseconds: number) => Promise<unknown>
}

const pollMs = 1_000
/** On a busy machine an answer may be late. */
const toldAfterMs = 2_000
/** A broker that is started again by others is back sooner. */
const longestAbsenceMs = 60_000

/** Never resolves. @throws LogError LOG_UNAVAILABLE once there is nothing left to wait for */
export async function watchKafka(watch: KafkaWatch): Promise<never> {
  const { runId, where, answers, revive, note, now, pause } = watch
  let goneSince: number | undefined
  let isTold = false
  for (;;) {
    await pause(pollMs)
    if (await answers()) {
      if (isTold && goneSince !== undefined) {
        note(`a broker answers again, after ${span(now() - goneSince)}`)
      }
      goneSince = undefined
      isTold = false
      continue
    }
    goneSince ??= now()
    const goneMs = now() - goneSince
    if (goneMs < toldAfterMs) continue
    if (!isTold)
      note(`no broker answers at ${where}; run ${runId} is kept, and goes on once one does`)
    isTold = true
    if ((await revive()) === 'stopped') throw unreachable('the local Kafka was stopped meanwhile')
    if (goneMs >= longestAbsenceMs) {
      throw unreachable(`no broker has answered at ${where} for ${span(goneMs)}`)
    }
  }
}

function unreachable(message: string): LogError {
  return new LogError(message, { code: 'LOG_UNAVAILABLE' })
}
