/** The keys of a lock are paths from the project on, with slashes on every platform. */

import { posix, win32 } from 'node:path'

/** The name of the package at a path, by npm's rule: the folder, with the scope before it. */
export function nameFromPath(path: string): string {
  const nested = path.split('node_modules/').at(-1) ?? path
  const segments = nested.split('/').filter((segment) => segment !== '')
  const folder = segments.at(-1) ?? path
  const scope = segments.at(-2)
  return scope?.startsWith('@') ? `${scope}/${folder}` : folder
}

/** The path in the lock that a link leads to; empty for the project itself. */
export function linkTarget(resolved: string): string {
  const target = posix.normalize(resolved.replace(/^file:/, '')).replace(/\/$/, '')
  return target === '.' ? '' : target
}

/**
 * Says whether a path is that of the project or a folder of it, which is the user's own code:
 * neither installed by npm nor outside.
 */
export function isOwnFolder(path: string): boolean {
  if (posix.isAbsolute(path) || win32.isAbsolute(path)) return false
  const segments = path.split(/[\\/]/)
  return !segments.includes('node_modules') && !segments.includes('..')
}
