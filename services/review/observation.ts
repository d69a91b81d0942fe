/**
 * What a rule says of a package. The package's own fields, the severity and the id are added where
 * the rules are applied, the same way for all.
 */

import type { FindingKind } from '../contracts/finding-kinds.ts'

export interface Observation {
  readonly kind: FindingKind
  readonly message: string
  readonly evidence: string
}
