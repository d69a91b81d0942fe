/**
 * The text of a lock, parsed: what it says of the project and one entry per path.
 *
 * A lock that cannot be trusted as a whole is an InputError. One bad entry is not: it stays, with
 * what can be read of it and a problem, because an entry that is left out is one nobody looks at.
 */

import { clip } from '../contracts/clip.ts'
import { isRecord } from '../contracts/manifest.ts'
import { oneLine } from '../contracts/one-line.ts'
import type { Problem } from '../contracts/problem.ts'
import { duplicateKeys } from './duplicate-keys.ts'
import { InputError } from './input-error.ts'
import { readLockEntry } from './lock-entry.ts'
import type { LockEntry } from './lock-entry.ts'

export interface Lock {
  readonly version: 2 | 3
  readonly name: string | null
  readonly rootVersion: string | null
  /** By path, the root's under the empty path; a map, because a key may be `__proto__`. */
  readonly entries: ReadonlyMap<string, Entry>
}

export interface Entry extends LockEntry {
  readonly path: string
  readonly problems: readonly Problem[]
}

/** That of Linux; a longer one can be no package. */
const longestPath = 4096

/**
 * Parses the text of a package-lock.json or npm-shrinkwrap.json of version 2 or 3.
 *
 * @throws InputError when it is not one; the message names the file
 */
export function parseLock(file: string, text: string): Lock {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (cause) {
    if (/^<{7} /m.test(text)) {
      throw new InputError(`${file} has merge conflicts: run npm install to resolve them`, {
        code: 'LOCKFILE_CONFLICTED',
        cause,
      })
    }
    const reason = clip(oneLine(cause instanceof Error ? cause.message : 'not JSON'), 200)
    throw malformed(file, `is not valid JSON (${reason})`, cause)
  }
  if (!isRecord(json)) throw malformed(file, 'is not a JSON object')
  const version = lockVersion(file, json)
  if (!isRecord(json.packages)) throw malformed(file, 'has no object "packages"')
  if (Object.keys(json.packages).some((path) => path.length > longestPath)) {
    throw malformed(file, `has a path of more than ${longestPath} characters`)
  }
  const duplicates = duplicatesIn(text)
  const entries = Object.entries(json.packages).map(
    ([path, raw]) => [path, toEntry(path, raw, duplicates.get(path))] as const,
  )
  return {
    version,
    name: typeof json.name === 'string' ? json.name : null,
    rootVersion: typeof json.version === 'string' ? json.version : null,
    entries: new Map(entries),
  }
}

function lockVersion(file: string, json: Record<string, unknown>): 2 | 3 {
  const version = json.lockfileVersion
  if (version === 2 || version === 3) return version
  if (version === 1 || (version === undefined && isRecord(json.dependencies))) {
    throw new InputError(
      `${file} has lockfileVersion 1, which does not list every package: ` +
        'run npm install --package-lock-only --lockfile-version 3 with npm 7 or later',
      { code: 'LOCKFILE_V1' },
    )
  }
  if (typeof version === 'number' && version > 3) {
    throw new InputError(`${file} has lockfileVersion ${version}; 2 and 3 can be reviewed`, {
      code: 'LOCKFILE_UNSUPPORTED',
    })
  }
  throw malformed(file, 'has no lockfileVersion 2 or 3')
}

function malformed(file: string, how: string, cause?: unknown): InputError {
  return new InputError(`${file} ${how}: delete it and run npm install --package-lock-only`, {
    code: 'LOCKFILE_MALFORMED',
    cause,
  })
}

/**
 * By the path of the entry that is concerned; a key repeated elsewhere in the lock changes nothing
 * that npm or the review reads.
 */
function duplicatesIn(text: string): Map<string, string> {
  const found = new Map<string, string>()
  for (const { parents, key } of duplicateKeys(text, 3)) {
    const [section, path] = parents
    if (section !== 'packages') continue
    if (path === undefined) found.set(key, 'the lock has more than one entry with this path')
    else if (!found.has(path))
      found.set(path, `the entry has more than one field ${JSON.stringify(clip(key, 200))}`)
  }
  return found
}

function toEntry(path: string, raw: unknown, duplicate: string | undefined): Entry {
  const { entry, malformed } = readLockEntry(raw)
  const problems: Problem[] = []
  if (malformed !== null) problems.push({ code: 'LOCK_ENTRY_MALFORMED', detail: malformed })
  if (duplicate !== undefined) problems.push({ code: 'LOCK_KEY_DUPLICATE', detail: duplicate })
  return { ...entry, path, problems }
}
