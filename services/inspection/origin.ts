/** Where npm gets a package from, by what the lock resolves it to. */

import { valid } from 'semver'
import type { PackageRef } from '../contracts/dependency-tree.ts'
import type { Origin } from '../contracts/package-facts.ts'

type Resolution = Pick<
  PackageRef,
  'path' | 'name' | 'version' | 'link' | 'bundled' | 'resolved' | 'integrity'
>

/** Registries whose tarballs do not all have the usual path. */
const registryHosts = new Set([
  'registry.npmjs.org',
  'registry.yarnpkg.com',
  'npm.pkg.github.com',
  'npm.jsr.io',
])

/**
 * Tells the origin of a package.
 *
 * A registry other than the public ones is known by the path that all of them serve tarballs
 * under, `<name>/-/<file>.tgz`; any other URL is `http`.
 */
export function originOf(ref: Resolution): Origin {
  const { resolved } = ref
  if (ref.link) return 'link'
  if (resolved === null) return unresolved(ref)
  if (isGit(resolved)) return 'git'
  if (/^https?:/i.test(resolved)) return isRegistry(resolved) ? 'registry' : 'http'
  return /^[a-z][a-z0-9+.-]*:/i.test(resolved) && !/^file:/i.test(resolved) ? 'unknown' : 'file'
}

/**
 * npm leaves `resolved` out of directories, of bundled packages and, when it is told to
 * (omit-lockfile-registry-resolved), of packages from a registry, which it then fetches by name
 * and version and checks by their integrity.
 */
function unresolved({ path, version, bundled, integrity }: Resolution): Origin {
  if (!path.split('/').includes('node_modules')) return 'file'
  if (bundled || integrity === null || valid(version) === null) return 'unknown'
  return 'registry'
}

function isGit(resolved: string): boolean {
  return (
    /^(?:git(?:\+[a-z]+)?:|ssh:|git@|github:|gitlab:|bitbucket:|gist:)/i.test(resolved) ||
    /^https?:[^?#]*\.git(?:#.*)?$/i.test(resolved)
  )
}

function isRegistry(resolved: string): boolean {
  if (!URL.canParse(resolved)) return false
  const { hostname, pathname } = new URL(resolved)
  return registryHosts.has(hostname) || /\/-\/.+\.tgz$/i.test(pathname)
}
