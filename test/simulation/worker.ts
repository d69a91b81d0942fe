/** A thread of a campaign: simulates the seeds that it is given. */

import { parentPort } from 'node:worker_threads'
import { createCodec, memorySchemaStore } from '../../schemas/codec.ts'
import type { SeedSummary, WorkerTask } from './campaign.ts'
import { simulateSafely } from './simulation.ts'

const codec = await createCodec(memorySchemaStore())

parentPort?.on('message', ({ seed, sabotage }: WorkerTask) => {
  void simulateSafely(seed, { codec, ...(sabotage !== undefined && { sabotage }) }).then(
    ({ violations, totals }) => {
      const summary: SeedSummary = { seed, violations, totals }
      parentPort?.postMessage(summary)
    },
  )
})
