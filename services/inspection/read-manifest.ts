/** The package.json of an installed package. */

import { join } from 'node:path'
import { isRecord } from '../contracts/manifest.ts'
import type { Problem } from '../contracts/problem.ts'
import { readProjectFile } from '../contracts/project-file.ts'

export type Manifest = Readonly<Record<string, unknown>>

export interface ManifestFacts {
  /** Null when there is none that can be read. */
  readonly manifest: Manifest | null
  readonly problems: readonly Problem[]
}

const maxManifestBytes = 1024 * 1024

/** Reads the manifest in the folder of a package; whatever is wrong with it is a problem. */
export async function readManifest(folder: string): Promise<ManifestFacts> {
  const read = await readProjectFile(join(folder, 'package.json'), { maxBytes: maxManifestBytes })
  switch (read.status) {
    case 'read':
      return parseManifest(read.text)
    case 'missing':
      return problem('MANIFEST_MISSING', 'no package.json')
    case 'too-large':
      return problem('MANIFEST_TOO_LARGE', 'package.json is larger than 1 MB')
    case 'link':
      return problem('SYMLINK', 'package.json is a symbolic link, which is not followed')
    case 'not-a-file':
      return problem('UNREADABLE', 'package.json is not a regular file')
    case 'unreadable':
      return problem('UNREADABLE', `package.json cannot be read (${read.code})`)
  }
}

function parseManifest(text: string): ManifestFacts {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    // The text itself is a stranger's; that it is no JSON is all there is to say.
    return problem('MANIFEST_MALFORMED', 'package.json is not valid JSON')
  }
  if (!isRecord(json)) return problem('MANIFEST_MALFORMED', 'package.json is not an object')
  return { manifest: json, problems: [] }
}

function problem(code: Problem['code'], detail: string): ManifestFacts {
  return { manifest: null, problems: [{ code, detail }] }
}
