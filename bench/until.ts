/** Waiting for what another process does. */

import { setTimeout as delay } from 'node:timers/promises'
import { nowMs } from './clock.ts'

const checkMs = 5
const longestMs = 120_000

/** @throws Error naming what did not come within two minutes */
export async function until(what: string, holds: () => boolean, forMs = longestMs): Promise<void> {
  const end = nowMs() + forMs
  while (!holds()) {
    if (nowMs() > end) throw new Error(`waited ${String(forMs)} ms in vain: ${what}`)
    await delay(checkMs)
  }
}

/** Does something for each number below `count`, `atOnce` at a time. */
export async function forEach(
  count: number,
  atOnce: number,
  act: (index: number) => Promise<void>,
): Promise<void> {
  let next = 0
  await Promise.all(
    Array.from({ length: Math.min(atOnce, count) }, async () => {
      while (next < count) {
        const index = next
        next += 1
        await act(index)
      }
    }),
  )
}
