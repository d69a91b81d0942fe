/** From an entry of the lock to the task of inspecting its package. */

import { clip } from '../contracts/clip.ts'
import type { PackageRef } from '../contracts/dependency-tree.ts'
import { binNames, declaredEngines, declaredLicense, deprecation } from '../contracts/manifest.ts'
import type { Entry } from './lock.ts'
import { isOwnFolder, linkTarget, nameFromPath } from './lock-path.ts'

export interface Surroundings {
  readonly directory: string
  readonly node: number
}

/** Makes the task of inspecting one package; a link is described by the entry that it leads to. */
export function toPackageRef(
  entry: Entry,
  entries: ReadonlyMap<string, Entry>,
  { directory, node }: Surroundings,
): PackageRef {
  const link = entry.link === true
  const target = link ? linkTarget(entry.resolved ?? '') : null
  // A link says nothing of the package but where it is.
  const described = (target === null ? entry : entries.get(target)) ?? entry
  const name = entry.name ?? nameFromPath(entry.path)
  const resolved = entry.resolved === undefined ? null : withoutCredentials(entry.resolved)

  const problems = [...entry.problems]
  if (target !== null) {
    const missing = whyNoTarget(entry, target, entries)
    if (missing !== null) problems.push({ code: 'LINK_TARGET_MISSING', detail: missing })
  }
  if (entry.resolved !== undefined && resolved !== entry.resolved) {
    problems.push({ code: 'RESOLVED_CREDENTIALS', detail: `${resolved ?? ''} (masked here)` })
  }
  return {
    directory,
    path: entry.path,
    target,
    name,
    version: described.version ?? '',
    // "devOptional" is both: needed by development packages and by optional ones, by nothing else.
    dev: entry.dev === true || entry.devOptional === true,
    optional: entry.optional === true || entry.devOptional === true,
    peer: entry.peer === true,
    bundled: entry.inBundle === true,
    link,
    own: isOwnFolder(target ?? entry.path),
    license: declaredLicense(described.license, described.licenses),
    hasInstallScript: described.hasInstallScript === true,
    bin: binNames(name, described.bin),
    deprecated: deprecation(described.deprecated),
    engines: declaredEngines(described.engines),
    resolved,
    integrity: entry.integrity ?? null,
    node,
    problems,
  }
}

function whyNoTarget(
  { resolved }: Entry,
  target: string,
  entries: ReadonlyMap<string, Entry>,
): string | null {
  if (resolved === undefined) return 'the entry has no "resolved"'
  if (target === '') return null
  const found = entries.get(target)
  if (found === undefined) return `the lock has no entry ${quoted(target)}`
  return found.link === true ? `${quoted(target)} is a link as well` : null
}

/** The report and the log go further than the lock was meant to. */
function withoutCredentials(url: string): string {
  return url.replace(
    /^([a-z][a-z0-9+.-]*:\/\/)([^/?#]*)@/i,
    (whole, scheme: string, user: string) =>
      user === 'git' || (/ssh/i.test(scheme) && !user.includes(':')) ? whole : `${scheme}***@`,
  )
}

function quoted(text: string): string {
  return JSON.stringify(clip(text, 200))
}
