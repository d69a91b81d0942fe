/** Bodies that act upon the sink: what begins and what it returned is there before it goes on. */

import { setTimeout as sleep } from 'node:timers/promises'
import { outcomeOf, type Execute } from '../workload/definitions.ts'
import type { SinkClient } from './sink-client.ts'

export interface SinkBodiesOptions {
  readonly sink: SinkClient
  readonly incarnation: string
  /** Epoch milliseconds by the clock of the process. */
  readonly now: () => number
  /** Called once the effect is there, and before anything is made of it. */
  readonly onActed?: () => void
}

export function sinkBodies({ sink, incarnation, now, onActed }: SinkBodiesOptions): Execute {
  return async (body) => {
    const { definition, act, saw, step } = body
    const { runId, idempotencyKey, attempt } = step
    const count = await sink.begin({
      ...{ definition, runId, step: act.name, idempotencyKey, attempt, incarnation },
      ...{ begunAt: Date.now(), begunAtOwn: now(), saw: [...saw] },
    })
    if (act.ms > 0) await sleep(act.ms)
    const output = outcomeOf(body, count)
    await sink.end(count.number, JSON.stringify(output))
    onActed?.()
    return output
  }
}
