/** Whether a package says that it runs on the Node.js that the project runs on. */

import { intersects, validRange } from 'semver'
import type { Engines } from '../contracts/dependency-tree.ts'
import type { Problem } from '../contracts/problem.ts'

export interface EnginesFacts {
  /** False only if the range is readable and no version of the major satisfies it. */
  readonly ok: boolean
  readonly problems: readonly Problem[]
}

/** Compares `engines.node` with a major version of Node.js. */
export function checkEngines(engines: Engines | null, node: number): EnginesFacts {
  const range = engines?.node
  if (range === undefined || range.trim() === '') return { ok: true, problems: [] }
  if (validRange(range, { loose: true }) === null) {
    return { ok: true, problems: [{ code: 'ENGINES_INVALID', detail: `node ${range}` }] }
  }
  return { ok: intersects(range, `${node}.x`, { loose: true }), problems: [] }
}
