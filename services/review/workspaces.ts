/** The `workspaces` of a manifest: globs of the folders that are packages of the project. */

import { posix } from 'node:path'
import { isRecord } from '../contracts/manifest.ts'
import { matchesGlob } from './glob.ts'
import { isOwnFolder } from './lock-path.ts'

export interface Workspaces {
  /** Says whether a folder is a workspace, if it has a manifest. */
  readonly includes: (path: string) => boolean
  /** From where on, and how many levels deep, folders may be workspaces. */
  readonly starts: readonly { readonly path: string; readonly depth: number }[]
}

const mostGlobs = 200
const longestPath = 1000
const deepest = 10

/** Reads the `workspaces` of a manifest, an array or an object with one; anything else names none. */
export function workspacesOf(workspaces: unknown): Workspaces {
  const listed = isRecord(workspaces) ? workspaces.packages : workspaces
  const globs = (Array.isArray(listed) ? listed : []).filter((glob) => typeof glob === 'string')
  const rules = globs.slice(0, mostGlobs).map((glob) => ({
    excludes: glob.startsWith('!'),
    pattern: posix.normalize(glob.slice(0, longestPath).replace(/^!/, '')).replace(/^\/|\/$/g, ''),
  }))
  return {
    includes: (path) => {
      if (path.length > longestPath || !isOwnFolder(path)) return false
      const last = rules.findLast(({ pattern }) => matchesGlob(pattern, path))
      return last !== undefined && !last.excludes
    },
    starts: rules
      .filter(({ excludes, pattern }) => !excludes && isOwnFolder(pattern))
      .map(({ pattern }) => startOf(pattern)),
  }
}

function startOf(pattern: string): { path: string; depth: number } {
  const parts = pattern.split('/')
  const first = parts.findIndex((part) => /[*?]/.test(part))
  const plain = first === -1 ? parts : parts.slice(0, first)
  const depth = parts.includes('**') ? deepest : parts.length - plain.length
  return { path: plain.join('/'), depth }
}
