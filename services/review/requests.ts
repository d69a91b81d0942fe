/** What a manifest of the project asks for, and what the lock repeats of it. */

import type { Request } from '../contracts/dependency-tree.ts'
import { isRecord } from '../contracts/manifest.ts'

/** The fields of a package.json that ask for packages. */
export interface Asking {
  readonly dependencies?: unknown
  readonly devDependencies?: unknown
  readonly optionalDependencies?: unknown
  readonly peerDependencies?: unknown
  readonly peerDependenciesMeta?: unknown
}

/** In the order in which npm reads them: where two name one package, the last counts. */
const fields = [
  'peerDependencies',
  'dependencies',
  'optionalDependencies',
  'devDependencies',
] as const satisfies readonly Request['field'][]

const longestName = 300
const longestSpec = 1000

/**
 * Lists the packages that the manifest in a folder asks for, each once; optional peers are left
 * out, because npm installs them for nobody.
 */
export function requestsOf(from: string, asking: Asking): Request[] {
  const requests = new Map<string, Request>()
  for (const field of fields) {
    const asked = asking[field]
    if (!isRecord(asked)) continue
    for (const [name, spec] of Object.entries(asked)) {
      if (typeof spec !== 'string' || spec.length > longestSpec) continue
      if (name === '' || name.length > longestName) continue
      if (field === 'peerDependencies' && isOptionalPeer(asking.peerDependenciesMeta, name))
        continue
      requests.set(name, { from, field, name, spec: spec.trim() })
    }
  }
  return [...requests.values()]
}

function isOptionalPeer(meta: unknown, name: string): boolean {
  if (!isRecord(meta) || !Object.hasOwn(meta, name)) return false
  const about = meta[name]
  return isRecord(about) && about.optional === true
}
