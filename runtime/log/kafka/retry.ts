/** Trying again for a while: brokers restart, leaders move, coordinators load. */

import { setTimeout as sleep } from 'node:timers/promises'
import { StoaError } from '../../errors.ts'
import { brokerError, unavailable } from './errors.ts'

export interface Persistence {
  /** What is being done, for the error. */
  readonly what: string
  readonly forMs: number
  /** Called before each further attempt. */
  readonly onRetry?: (error: unknown) => void
  /** Broker's errors that another attempt would only repeat. */
  readonly isFinal?: (name: string) => boolean
  readonly isStopped?: () => boolean
}

const shortestPauseMs = 20
const longestPauseMs = 500

/** Repeats until it succeeds, its time is over or the error is final. @throws LogError */
export async function persist<T>(persistence: Persistence, attempt: () => Promise<T>): Promise<T> {
  const end = performance.now() + persistence.forMs
  for (let pauseMs = shortestPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    try {
      return await attempt()
    } catch (error) {
      const name = brokerError(error)
      const isFinal = name !== undefined && (persistence.isFinal?.(name) ?? false)
      const isOver = performance.now() + pauseMs > end || (persistence.isStopped?.() ?? false)
      const isOurs = error instanceof StoaError && error.code !== 'LOG_UNAVAILABLE'
      if (isOurs || isFinal) throw error
      if (isOver) throw unavailable(`could not ${persistence.what}`, error)
      persistence.onRetry?.(error)
      await sleep(pauseMs)
    }
  }
}
