/** A complete checkpoint makes what stands before it superfluous, unless all of it is to be kept. */

import { definitionTopics } from '../../schemas/topics.ts'
import type { Logger } from '../logger.ts'
import type { Kernel } from './kernel.ts'
import type { Home } from './outbox.ts'

/** Trims the journal up to a checkpoint that was taken; a failure is left to the next one. */
export function trimToCheckpoint(
  { log, settings }: Kernel,
  { definition, partition }: Home,
  checkpoint: bigint,
  logger: Logger,
): void {
  logger.debug({ checkpoint: String(checkpoint) }, 'checkpoint taken')
  if (settings.keepsHistory) return
  const tooFar = settings.sabotage === 'trims-too-far' ? 1n : 0n
  log
    .trim(definitionTopics(definition).journal, partition, checkpoint + tooFar)
    .catch((error: unknown) => {
      logger.warn({ error }, 'trimming the journal failed; the next checkpoint trims again')
    })
}
