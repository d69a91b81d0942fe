/**
 * What could not be read, or was not as it should be, is a finding too: silence would look like
 * a clean package.
 */

import type { FindingKind } from '../contracts/finding-kinds.ts'
import type { PackageFacts } from '../contracts/package-facts.ts'
import type { ProblemCode } from '../contracts/problem.ts'
import type { Observation } from './observation.ts'

interface ProblemRule {
  readonly kind: FindingKind
  readonly says: (name: string) => string
}

const unreadable: ProblemRule = {
  kind: 'package-unreadable',
  says: (name) => `${name} is installed and cannot be read in full`,
}

/** Null where another rule reads the problem. */
const rules: Record<ProblemCode, ProblemRule | null> = {
  LOCK_ENTRY_MALFORMED: {
    kind: 'lock-entry-malformed',
    says: (name) => `the lock's entry of ${name} is malformed`,
  },
  LOCK_KEY_DUPLICATE: {
    kind: 'lock-key-duplicate',
    says: (name) => `the lock describes ${name} twice, and npm takes the last`,
  },
  LINK_TARGET_MISSING: {
    kind: 'link-target-missing',
    says: (name) => `${name} links to nothing that the lock describes`,
  },
  RESOLVED_CREDENTIALS: {
    kind: 'resolved-credentials',
    says: (name) => `the lock holds credentials for fetching ${name}`,
  },
  PATH_UNSAFE: {
    kind: 'path-unsafe',
    says: (name) => `${name} lies outside the project and was not read`,
  },
  NOT_INSTALLED: null,
  UNREADABLE: unreadable,
  SYMLINK: unreadable,
  TREE_TOO_LARGE: unreadable,
  MANIFEST_MISSING: unreadable,
  MANIFEST_TOO_LARGE: unreadable,
  MANIFEST_MALFORMED: unreadable,
  MANIFEST_NAME_DIFFERS: {
    kind: 'manifest-mismatch',
    says: (name) => `what is installed as ${name} calls itself by another name`,
  },
  MANIFEST_VERSION_DIFFERS: {
    kind: 'manifest-mismatch',
    says: (name) => `what is installed of ${name} is not the locked version`,
  },
  LICENSE_DIFFERS: {
    kind: 'license-mismatch',
    says: (name) => `${name} declares another licence than the lock says`,
  },
  SCRIPTS_UNANNOUNCED: {
    kind: 'install-script-unannounced',
    says: (name) => `${name} has an install script that the lock does not announce`,
  },
  ENGINES_INVALID: null,
  INTEGRITY_INVALID: {
    kind: 'integrity-invalid',
    says: (name) => `the integrity of ${name} is not one that npm can check`,
  },
  LICENSE_FILE_UNKNOWN: null,
  LICENSE_FILE_MISSING: null,
}

/** Turns the problems met while a package was read into observations. */
export function problemObservations(facts: PackageFacts): Observation[] {
  return facts.problems.flatMap(({ code, detail }) => {
    const rule = rules[code]
    return rule === null
      ? []
      : [{ kind: rule.kind, message: rule.says(facts.name), evidence: detail }]
  })
}
