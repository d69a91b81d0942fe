// The keys of a lock are paths from the project on, with slashes on every platform.

import { posix } from 'node:path'
import { isRecord } from '../contracts/manifest.ts'
import { matchesGlob } from './glob.ts'

const mostGlobs = 200
const longestPath = 1000

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
 * Makes the test of whether a path is one of the project's own workspaces, from the `workspaces`
 * of its manifest.
 */
export function workspaceTest(workspaces: unknown): (path: string) => boolean {
  const listed = isRecord(workspaces) ? workspaces.packages : workspaces
  const globs = (Array.isArray(listed) ? listed : []).filter((glob) => typeof glob === 'string')
  const rules = globs.slice(0, mostGlobs).map((glob) => ({
    excludes: glob.startsWith('!'),
    pattern: posix.normalize(glob.slice(0, longestPath).replace(/^!/, '')).replace(/^\/|\/$/g, ''),
  }))
  return (path) => {
    if (path.length > longestPath || path.split('/').includes('node_modules')) return false
    const last = rules.findLast(({ pattern }) => matchesGlob(pattern, path))
    return last !== undefined && !last.excludes
  }
}
