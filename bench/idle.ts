/** A service that has nothing to do. */

import { setTimeout as delay } from 'node:timers/promises'
import { nowMs } from './clock.ts'
import { steps } from './definitions.ts'
import type { Measurement } from './measurement.ts'

const settleMs = 3_000
const forMs = 10_000

export const idle: Measurement = {
  name: 'idle',
  definitions: [steps],
  async measure(stage) {
    const worker = await stage.serve()
    await delay(settleMs)
    const begin = nowMs()
    const before = await worker.usage({ collectsGarbage: false })
    await delay(forMs)
    const after = await worker.usage({ collectsGarbage: false })
    const share = (100 * (after.cpuMs - before.cpuMs)) / (nowMs() - begin)
    return [
      { name: 'of a processor, over 10 s', value: share, unit: '%', goal: { atMost: 1 } },
      { name: 'resident', value: after.rssBytes / 1e6, unit: 'MB', goal: { atMost: 90 } },
    ]
  },
}
