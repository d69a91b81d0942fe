/**
 * The manifests of the project itself: its own package.json and those of its workspaces. They are
 * looked for on disk, because a workspace that was added since is not in the lock.
 */

import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { clip } from '../contracts/clip.ts'
import { compareText } from '../contracts/compare-text.ts'
import type { DependencyTree, Request } from '../contracts/dependency-tree.ts'
import { isRecord } from '../contracts/manifest.ts'
import { lastingCode, readProjectFile } from '../contracts/project-file.ts'
import { isInside } from './inside.ts'
import { isOwnFolder, nameFromPath } from './lock-path.ts'
import { requestsOf } from './requests.ts'
import { workspacesOf } from './workspaces.ts'
import type { Workspaces } from './workspaces.ts'

export interface ProjectManifest {
  /** Its folder, from the project on; empty for the project itself. */
  readonly from: string
  readonly name: string
  readonly requests: readonly Request[]
  readonly overrides: unknown
}

export interface ProjectManifests {
  readonly manifests: readonly ProjectManifest[]
  /** Why the package.json of the project cannot be compared; null if it can, or if there is none. */
  readonly problem: string | null
}

const maxManifestBytes = 4 * 1024 * 1024
const mostFolders = 20_000

/** Reads the manifest of a project and those of its workspaces, sorted by their folders. */
export async function readProjectManifests(tree: DependencyTree): Promise<ProjectManifests> {
  const root = await readJson(join(tree.directory, 'package.json'), true)
  if (typeof root === 'string') return { manifests: [], problem: root }
  if (root === null) return { manifests: [], problem: null }

  const found = await findWorkspaces(tree.directory, workspacesOf(root.workspaces))
  const locked = tree.packages.filter(({ link, own }) => own && !link).map(({ path }) => path)
  const manifests = [manifestOf('', root)]
  for (const from of [...new Set([...locked, ...found])].sort(compareText)) {
    if (!(await isInside(tree.directory, from))) continue
    // What is wrong with the manifest of a folder that is locked is found by its inspection.
    const json = await readJson(join(tree.directory, from, 'package.json'), false)
    if (isRecord(json)) manifests.push(manifestOf(from, json))
  }
  return { manifests, problem: null }
}

function manifestOf(from: string, json: Record<string, unknown>): ProjectManifest {
  const name = typeof json.name === 'string' ? clip(json.name, 300) : nameFromPath(from)
  return { from, name, requests: requestsOf(from, json), overrides: json.overrides }
}

/** Null when there is none, a text when it cannot be read. */
async function readJson(
  path: string,
  follow: boolean,
): Promise<Record<string, unknown> | string | null> {
  const read = await readProjectFile(path, { maxBytes: maxManifestBytes, follow })
  switch (read.status) {
    case 'read':
      break
    case 'missing':
      return null
    case 'too-large':
      return 'package.json is larger than 4 MB'
    case 'link':
      return 'package.json is a symbolic link in a loop'
    case 'not-a-file':
      return 'package.json is not a regular file'
    case 'unreadable':
      return `package.json cannot be read (${read.code})`
  }
  try {
    const json: unknown = JSON.parse(read.text)
    return isRecord(json) ? json : 'package.json is not an object'
  } catch {
    // What is wrong with the text is for its author to find; here it only matters that it is none.
    return 'package.json is not valid JSON'
  }
}

/** No link is followed, so the walk ends. */
async function findWorkspaces(directory: string, { includes, starts }: Workspaces) {
  const found: string[] = []
  const pending = [...starts]
  let seen = 0
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { path, depth } = next
    if (path !== '' && includes(path)) found.push(path)
    if (depth === 0) continue
    for (const name of await foldersIn(join(directory, path))) {
      if (++seen > mostFolders) return found
      pending.push({ path: path === '' ? name : `${path}/${name}`, depth: depth - 1 })
    }
  }
  return found
}

async function foldersIn(directory: string): Promise<string[]> {
  try {
    const entries = await readdir(directory, { withFileTypes: true })
    return entries
      .filter((entry) => entry.isDirectory() && isOwnFolder(entry.name))
      .map(({ name }) => name)
      .filter((name) => !name.startsWith('.'))
  } catch (error) {
    // A folder that cannot be listed has no workspace that npm could find.
    lastingCode(error)
    return []
  }
}
