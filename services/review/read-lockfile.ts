/** From package-lock.json to the tree of packages to inspect. */

import { stat } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { clip } from '../contracts/clip.ts'
import { compareText } from '../contracts/compare-text.ts'
import type { DependencyTree } from '../contracts/dependency-tree.ts'
import { lastingCode, readProjectFile } from '../contracts/project-file.ts'
import { InputError } from './input-error.ts'
import { parseLock } from './lock.ts'
import { isOwnFolder } from './lock-path.ts'
import { toPackageRef } from './package-ref.ts'
import { requestsOf } from './requests.ts'

export interface ReadLockfileOptions {
  /** The major version of Node.js that the packages have to support; default 24. */
  readonly node?: number
  readonly signal?: AbortSignal
}

/** In npm's order: a published shrinkwrap wins over the lock beside it. */
const lockfileNames = ['npm-shrinkwrap.json', 'package-lock.json'] as const
const maxLockfileBytes = 256 * 1024 * 1024

/**
 * Reads the lock of an npm project (version 2 or 3) into its dependency tree, sorted by path.
 *
 * The directory is read through no further than its lock; nothing has to be installed.
 *
 * @throws InputError when the directory or the lock is missing, unreadable or not a lock
 */
export async function readLockfile(
  directory: string,
  { node = 24, signal }: ReadLockfileOptions = {},
): Promise<DependencyTree> {
  signal?.throwIfAborted()
  const path = resolve(directory)
  await requireDirectory(path)
  const { file, text } = await readLockText(path)
  signal?.throwIfAborted()
  const lock = parseLock(file, text)

  const root = lock.entries.get('')
  const packages = [...lock.entries.values()]
    .filter((entry) => entry.path !== '')
    .map((entry) => toPackageRef(entry, lock.entries, { directory: path, node }))
    .sort((a, b) => compareText(a.path, b.path))
  return {
    directory: path,
    project: {
      name: clip(root?.name ?? lock.name ?? basename(path), 500),
      version: clip(root?.version ?? lock.rootVersion ?? '', 300),
    },
    lockfile: { file, version: lock.version },
    node,
    packages,
    requests: [...lock.entries.values()]
      .filter((entry) => isOwnFolder(entry.path))
      .flatMap((entry) => requestsOf(entry.path, entry)),
  }
}

async function requireDirectory(root: string): Promise<void> {
  let isDirectory: boolean
  try {
    isDirectory = (await stat(root)).isDirectory()
  } catch (cause) {
    const code = lastingCode(cause)
    if (code === 'EACCES' || code === 'EPERM') {
      throw new InputError(`${root} may not be read (${code}): check its permissions`, {
        code: 'DIRECTORY_UNREADABLE',
        cause,
      })
    }
    throw new InputError(`there is no directory ${root} (${code}): name the project's folder`, {
      code: 'DIRECTORY_NOT_FOUND',
      cause,
    })
  }
  if (!isDirectory) {
    throw new InputError(`${root} is not a directory: name the project's folder`, {
      code: 'DIRECTORY_NOT_FOUND',
    })
  }
}

async function readLockText(root: string): Promise<{ file: string; text: string }> {
  for (const file of lockfileNames) {
    const path = join(root, file)
    const read = await readProjectFile(path, { maxBytes: maxLockfileBytes, follow: true })
    switch (read.status) {
      case 'read':
        return { file, text: read.text }
      case 'missing':
        continue
      case 'too-large':
        throw new InputError(`${path} is larger than 256 MB: review its workspaces one by one`, {
          code: 'LOCKFILE_TOO_LARGE',
        })
      case 'link':
        throw new InputError(`${path} is a symbolic link in a loop: replace it by the lock`, {
          code: 'LOCKFILE_UNREADABLE',
        })
      case 'not-a-file':
        throw new InputError(`${path} is not a regular file: replace it by the lock`, {
          code: 'LOCKFILE_UNREADABLE',
        })
      case 'unreadable':
        throw new InputError(`${path} cannot be read (${read.code}): check its permissions`, {
          code: 'LOCKFILE_UNREADABLE',
        })
    }
  }
  throw new InputError(
    `there is no package-lock.json in ${root}: create one by npm install --package-lock-only`,
    { code: 'LOCKFILE_NOT_FOUND' },
  )
}
