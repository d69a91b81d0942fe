/** What a package has put on disk, counted without following a single link. */

import { lstatSync } from 'node:fs'
import type { Dirent } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Problem } from '../contracts/problem.ts'
import { lastingCode } from '../contracts/project-file.ts'

export interface InstalledFiles {
  /** Regular files and their sizes; null when they are not counted. */
  readonly size: { readonly files: number; readonly bytes: number } | null
  /** A .node file was seen, or a binding.gyp in the package's own folder. */
  readonly native: boolean
  /** The names of the regular files in the package's own folder. */
  readonly topFiles: readonly string[]
  readonly problems: readonly Problem[]
}

export interface WalkOptions {
  readonly signal?: AbortSignal | undefined
  /** Look at the folder itself only, and count nothing. */
  readonly shallow?: boolean
  readonly maxEntries?: number
  readonly maxDepth?: number
}

/**
 * A synchronous lstat takes a tenth of the time of one through the thread pool. Between so many, and
 * between folders, the event loop has its turn, also where a file system is slow.
 */
const filesPerTurn = 128

/**
 * Counts the files of an installed package. Nested packages (`node_modules`) are their own
 * entries of the lock and are left out, at any depth.
 */
export async function readInstalledFiles(
  folder: string,
  { signal, shallow = false, maxEntries = 200_000, maxDepth = 64 }: WalkOptions = {},
): Promise<InstalledFiles> {
  let topFiles: readonly string[] = []
  const unreadable = new Set<string>()
  const pending = [{ directory: folder, depth: 1 }]
  let [files, bytes, entries] = [0, 0, 0]
  let native = false
  let isTooLarge = false
  let isUnknown = shallow

  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    signal?.throwIfAborted()
    const { directory, depth } = next
    const listed = await list(directory, unreadable)
    if (listed === null) {
      isUnknown ||= depth === 1
      continue
    }

    entries += listed.length
    if (entries > maxEntries || depth > maxDepth) {
      isTooLarge = true
      break
    }
    const regular = listed.filter((entry) => entry.isFile()).map(({ name }) => name)
    if (depth === 1) topFiles = regular
    native ||= regular.some((name) => name.endsWith('.node'))
    if (shallow) break
    for (const entry of listed) {
      if (!entry.isDirectory() || entry.name === 'node_modules') continue
      pending.push({ directory: join(directory, entry.name), depth: depth + 1 })
    }
    for (const [at, name] of regular.entries()) {
      if (at > 0 && at % filesPerTurn === 0) await nextTurn()
      const size = sizeOf(join(directory, name), unreadable)
      if (size === null) continue
      files += 1
      bytes += size
    }
  }
  return {
    size: isTooLarge || isUnknown ? null : { files, bytes },
    native: native || topFiles.includes('binding.gyp'),
    topFiles,
    problems: problemsOf(isTooLarge, unreadable),
  }
}

/** Null, with its code noted, for what cannot be read now or later. */
function sizeOf(path: string, unreadable: Set<string>): number | null {
  try {
    return lstatSync(path).size
  } catch (error) {
    unreadable.add(lastingCode(error))
    return null
  }
}

async function list(directory: string, unreadable: Set<string>): Promise<Dirent[] | null> {
  try {
    return await readdir(directory, { withFileTypes: true })
  } catch (error) {
    unreadable.add(lastingCode(error))
    return null
  }
}

function problemsOf(isTooLarge: boolean, unreadable: ReadonlySet<string>): Problem[] {
  const problems: Problem[] = []
  if (isTooLarge) {
    problems.push({ code: 'TREE_TOO_LARGE', detail: 'too many files, or folders too deep' })
  }
  if (unreadable.size > 0) {
    const codes = [...unreadable].sort().join(', ')
    problems.push({ code: 'UNREADABLE', detail: `some of its files cannot be read (${codes})` })
  }
  return problems
}
