/** Subresource integrity, as the lock holds it: one or more `algorithm-digest`. */

import type { Problem } from '../contracts/problem.ts'

export interface IntegrityFacts {
  /** The strongest algorithm that has a whole digest, which is the one that npm checks. */
  readonly algorithm: string | null
  readonly problems: readonly Problem[]
}

/** The strongest first, with the bytes of a digest. */
const algorithms = [
  ['sha512', 64],
  ['sha384', 48],
  ['sha256', 32],
  ['sha1', 20],
  ['md5', 16],
] as const

/** Reads an integrity; one that npm could not check is a problem. */
export function readIntegrity(integrity: string | null): IntegrityFacts {
  if (integrity === null) return { algorithm: null, problems: [] }
  const hashes = integrity.trim().split(/\s+/)
  for (const [algorithm, bytes] of algorithms) {
    if (hashes.some((hash) => isWhole(hash, algorithm, bytes))) return { algorithm, problems: [] }
  }
  return { algorithm: null, problems: [{ code: 'INTEGRITY_INVALID', detail: integrity }] }
}

function isWhole(hash: string, algorithm: string, bytes: number): boolean {
  const [, name, digest] = /^([a-z0-9]+)-([A-Za-z0-9+/]+={0,2})(?:\?.*)?$/.exec(hash) ?? []
  return (
    name === algorithm &&
    digest !== undefined &&
    digest.length % 4 === 0 &&
    Buffer.from(digest, 'base64').length === bytes
  )
}
