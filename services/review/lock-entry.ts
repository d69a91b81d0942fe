/** One entry of a lock, as npm writes it, and what is left of one that npm did not write. */

import { z } from 'zod'
import { isRecord } from '../contracts/manifest.ts'

export const LockEntry = z.object({
  name: z.string().min(1).max(500).optional(),
  version: z.string().max(300).optional(),
  resolved: z.string().max(5000).optional(),
  integrity: z.string().max(5000).optional(),
  link: z.boolean().optional(),
  dev: z.boolean().optional(),
  optional: z.boolean().optional(),
  devOptional: z.boolean().optional(),
  peer: z.boolean().optional(),
  inBundle: z.boolean().optional(),
  hasInstallScript: z.boolean().optional(),
  // These have had several shapes over the years; contracts/manifest.ts knows them all.
  license: z.unknown().optional(),
  licenses: z.unknown().optional(),
  engines: z.unknown().optional(),
  bin: z.unknown().optional(),
  deprecated: z.unknown().optional(),
  // Of the project and its own folders; contracts of the others are npm's to keep.
  dependencies: z.unknown().optional(),
  devDependencies: z.unknown().optional(),
  optionalDependencies: z.unknown().optional(),
  peerDependencies: z.unknown().optional(),
  peerDependenciesMeta: z.unknown().optional(),
})
export type LockEntry = z.infer<typeof LockEntry>

/** Reads an entry; fields that are not what they should be are left out and named. */
export function readLockEntry(raw: unknown): { entry: LockEntry; malformed: string | null } {
  const whole = LockEntry.safeParse(raw)
  if (whole.success) return { entry: whole.data, malformed: null }

  if (!isRecord(raw)) {
    return { entry: LockEntry.parse({}), malformed: 'the entry is not an object' }
  }
  const fields = [...new Set(whole.error.issues.map(({ path }) => String(path[0])))].sort()
  const rest = Object.fromEntries(Object.entries(raw).filter(([key]) => !fields.includes(key)))
  const problem = `not as npm writes it: ${fields.join(', ')}`
  return { entry: LockEntry.parse(rest), malformed: problem }
}
