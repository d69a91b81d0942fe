/**
 * What is installed beside the lock: packages in a node_modules that it does not know, and folders
 * where it says that a link is.
 *
 * The walk goes where the lock has an entry and never through a link, so it ends, and stays inside
 * the project (but for a node_modules that itself is a link to another disk).
 */

import { lstatSync } from 'node:fs'
import type { Dirent } from 'node:fs'
import { readdir, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { compareText } from '../contracts/compare-text.ts'
import type { DependencyTree } from '../contracts/dependency-tree.ts'
import { lastingCode } from '../contracts/project-file.ts'
import { isInside } from './inside.ts'

export interface UnlockedPackages {
  /** What is installed and not in the lock. */
  readonly unlocked: readonly { readonly path: string; readonly link: boolean }[]
  /** Links of the lock in whose place something else is installed. */
  readonly replaced: readonly string[]
  /** Links of the lock that are not there, although other packages are. */
  readonly unlinked: readonly string[]
  /** Folders that could not be listed, with why. */
  readonly unreadable: readonly { readonly path: string; readonly code: string }[]
}

const foldersPerTurn = 128

/** Looks for packages in the node_modules of a project that its lock does not have. */
export async function readUnlockedPackages(tree: DependencyTree): Promise<UnlockedPackages> {
  const locked = new Map(tree.packages.map((ref) => [ref.path, ref]))
  const unlocked: { path: string; link: boolean }[] = []
  const replaced: string[] = []
  const unreadable: { path: string; code: string }[] = []
  const present = new Set<string>()
  const pending = ['node_modules']
  for (const { path } of tree.packages.filter(({ own, link }) => own && !link)) {
    if (await isInside(tree.directory, path)) pending.push(`${path}/node_modules`)
  }
  let visited = 0

  for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
    if (++visited % foldersPerTurn === 0) await nextTurn()
    if (!isFolder(join(tree.directory, folder), folder === 'node_modules')) continue
    for (const { path, entry } of await packagesIn(tree.directory, folder, unreadable)) {
      const ref = locked.get(path)
      present.add(path)
      if (ref === undefined) unlocked.push({ path, link: entry.isSymbolicLink() })
      else if (ref.target !== null) {
        if (!(await leadsTo(tree.directory, path, ref.target))) replaced.push(path)
      } else if (entry.isDirectory()) pending.push(`${path}/node_modules`)
    }
  }
  const isInstalled = tree.packages.some(({ link, path }) => !link && present.has(path))
  const unlinked = tree.packages
    .filter(({ link, optional, peer, dev }) => link && !optional && !peer && !dev)
    .filter(({ path }) => isInstalled && !present.has(path))
    .map(({ path }) => path)
  return {
    unlocked: unlocked.sort((a, b) => compareText(a.path, b.path)),
    replaced: replaced.sort(),
    unlinked,
    unreadable,
  }
}

interface Placed {
  readonly path: string
  readonly entry: Dirent
}

/** Folders and links, as npm lists them: those of a scope by their names in it, none with a dot. */
async function packagesIn(
  directory: string,
  folder: string,
  unreadable: { path: string; code: string }[],
): Promise<Placed[]> {
  const found: Placed[] = []
  for (const entry of await list(directory, folder, unreadable)) {
    const path = `${folder}/${entry.name}`
    if (entry.name.startsWith('@') && entry.isDirectory()) {
      const inScope = await list(directory, path, unreadable)
      found.push(...inScope.map((each) => ({ path: `${path}/${each.name}`, entry: each })))
    } else {
      found.push({ path, entry })
    }
  }
  return found
}

async function list(
  directory: string,
  folder: string,
  unreadable: { path: string; code: string }[],
): Promise<Dirent[]> {
  try {
    const entries = await readdir(join(directory, folder), { withFileTypes: true })
    return entries.filter(
      (entry) => !entry.name.startsWith('.') && (entry.isDirectory() || entry.isSymbolicLink()),
    )
  } catch (error) {
    const code = lastingCode(error)
    if (code !== 'ENOENT') unreadable.push({ path: folder, code })
    return []
  }
}

function isFolder(path: string, mayBeLink: boolean): boolean {
  try {
    const stats = lstatSync(path, { throwIfNoEntry: false })
    return stats !== undefined && (stats.isDirectory() || (mayBeLink && stats.isSymbolicLink()))
  } catch (error) {
    lastingCode(error)
    return false
  }
}

async function leadsTo(directory: string, path: string, target: string): Promise<boolean> {
  try {
    const [link, folder] = await Promise.all([
      realpath(join(directory, path)),
      realpath(join(directory, target)),
    ])
    return link === folder
  } catch (error) {
    // Either is missing: the inspection of the target says so.
    lastingCode(error)
    return true
  }
}
