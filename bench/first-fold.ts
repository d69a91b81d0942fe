/**
 * A program: folds the journal of a definition in a process that has folded nothing yet, and prints
 * how many entries it has and how many milliseconds that took. Argument: the definition's name.
 */

import { openBackend } from '../runtime/backend.ts'
import { foldJournals } from '../runtime/durable/inspect.ts'
import { readEnvironment } from '../runtime/environment.ts'
import { silentLogger } from '../runtime/logger.ts'
import { nowMs } from './clock.ts'
import { entriesIn } from './replay.ts'

const environment = readEnvironment()
const { log, codec } = await openBackend(environment, 'stoa-bench', silentLogger)
const begin = nowMs()
const { states } = await foldJournals(log, codec, process.argv[2] ?? '')
const ms = nowMs() - begin
process.stdout.write(JSON.stringify({ entries: entriesIn(states), ms }))
await log.close()
