/**
 * Every kind of finding that the review's own rules make, with the severity it has unless the
 * policy says otherwise, and what a reader is to do about it. A policy may only name these.
 */

import { z } from 'zod'
import type { Severity } from './severity.ts'

interface FindingKindEntry {
  readonly severity: Severity
  readonly advice: string
}

export const findingKinds = {
  'license-denied': {
    severity: 'high',
    advice: 'replace the package, or allow the licence in the policy with counsel',
  },
  'license-review': {
    severity: 'medium',
    advice: 'decide on the licence, then list it as allowed or denied in the policy',
  },
  'license-missing': {
    severity: 'medium',
    advice: 'ask the author for a licence: without one nothing is granted',
  },
  'license-invalid': {
    severity: 'medium',
    advice: 'read the licence and record the decision as an ignore with a reason',
  },
  'license-misspelt': {
    severity: 'low',
    advice: 'the licence is clear to a person; tools may not read it',
  },
  'license-mismatch': {
    severity: 'low',
    advice: 'lock again: the lock repeats another licence than the installed package declares',
  },
  'install-script': {
    severity: 'medium',
    advice: 'read the script, or install with --ignore-scripts',
  },
  'install-script-unannounced': {
    severity: 'high',
    advice: 'compare the installed package with the registry: the lock announces no script',
  },
  'native-code': {
    severity: 'info',
    advice: 'make sure that the package builds or ships binaries for every platform you run',
  },
  deprecated: { severity: 'low', advice: 'move to what the message names' },
  'engines-mismatch': {
    severity: 'medium',
    advice: 'choose a version that supports the Node.js version you run',
  },
  'engines-invalid': {
    severity: 'info',
    advice: 'check by hand which Node.js versions it supports',
  },
  'origin-git': { severity: 'medium', advice: 'publish the package to a registry' },
  'origin-git-unpinned': {
    severity: 'high',
    advice: 'pin the dependency to a full commit hash and lock again',
  },
  'origin-http': { severity: 'medium', advice: 'publish the package to a registry' },
  'origin-http-plain': {
    severity: 'high',
    advice: 'use https: anybody on the way can replace the package',
  },
  'origin-file': { severity: 'low', advice: 'review the files like your own code' },
  'origin-unknown': {
    severity: 'low',
    advice: 'lock again without omit-lockfile-registry-resolved to see where it comes from',
  },
  'registry-unlisted': {
    severity: 'medium',
    advice: 'add the host to registries in the policy if it is yours',
  },
  'resolved-mismatch': {
    severity: 'high',
    advice: 'lock again from a clean registry: the lock fetches something else than it says',
  },
  'resolved-credentials': {
    severity: 'high',
    advice: 'revoke the credentials, remove them from the lock and use .npmrc',
  },
  'integrity-missing': {
    severity: 'medium',
    advice: 'delete node_modules and the entry, and lock again',
  },
  'integrity-weak': { severity: 'low', advice: 'lock again to have sha512' },
  'integrity-invalid': { severity: 'medium', advice: 'lock again: npm cannot check this digest' },
  'duplicate-versions': { severity: 'info', advice: 'npm dedupe, or align the ranges' },
  'lock-out-of-sync': {
    severity: 'medium',
    advice:
      'run npm install and commit the lock: npm ci refuses it, and npm install fetches others',
  },
  'package-unlocked': {
    severity: 'medium',
    advice: 'run npm ci to remove it, or npm install to lock it, and review again',
  },
  'package-missing': { severity: 'medium', advice: 'run npm ci and review again' },
  'package-unreadable': {
    severity: 'medium',
    advice: 'run npm ci, see to the permissions and review again',
  },
  'tree-not-installed': {
    severity: 'info',
    advice: 'install and review again to have sizes, scripts and licence files seen',
  },
  'manifest-mismatch': {
    severity: 'high',
    advice: 'run npm ci: what is installed is not what is locked',
  },
  'path-unsafe': {
    severity: 'medium',
    advice: 'move the package inside the project; what lies outside is not read',
  },
  'name-invalid': { severity: 'medium', advice: 'check that the name is the one you meant' },
  'lock-entry-malformed': { severity: 'medium', advice: 'delete the lock and lock again' },
  'lock-key-duplicate': {
    severity: 'medium',
    advice: 'lock again: a bad merge or a hidden entry, and npm takes the last one',
  },
  'link-target-missing': { severity: 'medium', advice: 'run npm install and review again' },
  'policy-ignore-expired': {
    severity: 'low',
    advice: 'mend what was ignored, or renew the ignore with a reason',
  },
} as const satisfies Record<string, FindingKindEntry>

type FindingKindName = keyof typeof findingKinds

const names = Object.keys(findingKinds).filter(
  (name): name is FindingKindName => name in findingKinds,
)

/** The kinds that a policy may name. */
export const FindingKind = z.enum(names)
export type FindingKind = z.infer<typeof FindingKind>

/** Says whether the review's own rules know a kind; an agent may find others. */
export function isFindingKind(kind: string): kind is FindingKind {
  return Object.hasOwn(findingKinds, kind)
}
