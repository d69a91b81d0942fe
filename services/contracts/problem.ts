/**
 * What went wrong with one package while the lock or the disk was read. A problem never stops a
 * review: it becomes a finding.
 */

import { z } from 'zod'

export const ProblemCode = z.enum([
  // seen in the lock
  'LOCK_ENTRY_MALFORMED',
  'LOCK_KEY_DUPLICATE',
  'LINK_TARGET_MISSING',
  'RESOLVED_CREDENTIALS',
  // seen on disk
  'PATH_UNSAFE',
  'NOT_INSTALLED',
  'UNREADABLE',
  'SYMLINK',
  'TREE_TOO_LARGE',
  'MANIFEST_MISSING',
  'MANIFEST_TOO_LARGE',
  'MANIFEST_MALFORMED',
  // seen by comparing the two, or by reading what they say
  'MANIFEST_NAME_DIFFERS',
  'MANIFEST_VERSION_DIFFERS',
  'LICENSE_DIFFERS',
  'SCRIPTS_UNANNOUNCED',
  'ENGINES_INVALID',
  'INTEGRITY_INVALID',
  'LICENSE_FILE_UNKNOWN',
  'LICENSE_FILE_MISSING',
])
export type ProblemCode = z.infer<typeof ProblemCode>

export const Problem = z.strictObject({ code: ProblemCode, detail: z.string() })
export type Problem = z.infer<typeof Problem>
