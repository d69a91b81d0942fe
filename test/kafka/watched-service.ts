/**
 * A program: serves one service of the review as its `main.ts` does, with the bodies of its steps
 * watched. Arguments: the definition and the folder for what is seen.
 */

import { join } from 'node:path'
import { openBackend } from '../../runtime/backend.ts'
import { systemClock } from '../../runtime/clock.ts'
import { startService } from '../../runtime/durable/service.ts'
import { readEnvironment } from '../../runtime/environment.ts'
import { createLogger } from '../../runtime/logger.ts'
import { definitions } from '../../services/definitions.ts'
import { knownIncarnation } from '../workload/incarnation.ts'
import { watched } from './watched.ts'

const [name = '', folder = ''] = process.argv.slice(2)
const definition = definitions.find((of) => of.name === name)
if (definition === undefined) throw new Error(`there is no definition '${name}'`)

// Whoever started it may have ended before it.
process.on('disconnect', () => process.exit(1))

const { incarnation, randomness } = knownIncarnation()
const environment = readEnvironment()
const logger = createLogger(environment.logLevel)
const { log, codec } = await openBackend(environment, `watched-${name}`, logger)
const { instanceId, sessionTimeoutMs, checkpointBytes } = environment
await startService({
  ...{ log, codec, logger, randomness, clock: systemClock },
  definitions: [watched(definition, { file: join(folder, `${incarnation}.jsonl`), incarnation })],
  ...(instanceId === undefined ? {} : { instanceId }),
  settings: { sessionTimeoutMs, checkpointBytes },
})
logger.info({ incarnation }, 'service started')
