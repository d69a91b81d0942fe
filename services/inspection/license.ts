/** The licence of a package: what its manifest declares, else what its licence file is. */

import { isAbsolute, join } from 'node:path'
import { compareText } from '../contracts/compare-text.ts'
import type { License } from '../contracts/package-facts.ts'
import type { Problem } from '../contracts/problem.ts'
import { readProjectFile } from '../contracts/project-file.ts'
import { parseSpdx } from '../contracts/spdx.ts'
import { guessExpression } from './license-guess.ts'
import { recognizeLicense } from './license-text.ts'

export interface LicenseFacts {
  readonly license: License
  /** What an invalid declaration most likely means. */
  readonly guess: string | null
  readonly problems: readonly Problem[]
}

/** Where licence files may be read: the folder of the package and the names of its files. */
export interface LicenseFolder {
  readonly folder: string
  readonly names: readonly string[]
}

const maxFileBytes = 512 * 1024
const mostFiles = 6
const fileName =
  /^(?:(?:mit|bsd|apache|gpl|lgpl|isc)[-_. ]?)?(?:un)?licen[cs]es?(?:$|[-_. ])|^copying(?:$|[-_. ])/i
const isCode = /\.(?:[cm]?[jt]sx?|json|map|css|html?|ya?ml|py|sh)$/i
const inFile = /^SEE LICEN[CS]E IN (.+)$/i

/**
 * Determines the licence of a package from its declaration and, where that says nothing or points
 * to a file, from the text of its licence file.
 *
 * @param files - null when the package is not installed
 */
export async function readLicense(
  declared: string | null,
  files: LicenseFolder | null,
): Promise<LicenseFacts> {
  if (declared === null) return files === null ? nothing() : fromFiles(files)
  const named = inFile.exec(declared)?.[1]?.trim()
  if (named !== undefined) return fromNamedFile(declared, named, files)

  const valid = parseSpdx(declared) !== null
  return {
    license: { expression: declared, source: 'manifest', valid },
    guess: valid ? null : guessExpression(declared),
    problems: [],
  }
}

function nothing(problems: readonly Problem[] = []): LicenseFacts {
  return { license: { expression: null, source: 'none', valid: false }, guess: null, problems }
}

function fromText(expression: string): LicenseFacts {
  return { license: { expression, source: 'file', valid: true }, guess: null, problems: [] }
}

async function fromFiles({ folder, names }: LicenseFolder): Promise<LicenseFacts> {
  const candidates = names
    .filter((name) => fileName.test(name) && !isCode.test(name))
    .sort(compareText)
    .slice(0, mostFiles)
  if (candidates.length === 0) return nothing()
  const texts: string[] = []
  const seen: string[] = []
  for (const name of candidates) {
    const read = await readProjectFile(join(folder, name), { maxBytes: maxFileBytes })
    if (read.status === 'read') texts.push(read.text)
    seen.push(read.status === 'read' ? name : `${name} (${read.status})`)
  }
  // What one file says is not all where another cannot be read.
  const isWhole = texts.length === candidates.length
  const expression = isWhole ? recognizeLicense(texts.join('\n')) : null
  if (expression !== null) return fromText(expression)
  return nothing([{ code: 'LICENSE_FILE_UNKNOWN', detail: seen.join(', ') }])
}

async function fromNamedFile(
  declared: string,
  named: string,
  files: LicenseFolder | null,
): Promise<LicenseFacts> {
  const inWords = (problems: Problem[]): LicenseFacts => ({
    license: { expression: declared, source: 'manifest', valid: false },
    guess: null,
    problems,
  })
  if (files === null) return inWords([])
  const name = named.replace(/^<(.*)>$/, '$1')
  const isInside = !isAbsolute(name) && !name.split(/[\\/]/).includes('..')
  const read = isInside
    ? await readProjectFile(join(files.folder, name), { maxBytes: maxFileBytes })
    : null
  if (read?.status !== 'read') {
    return inWords([{ code: 'LICENSE_FILE_MISSING', detail: `${name} cannot be read` }])
  }
  const expression = recognizeLicense(read.text)
  if (expression !== null) return fromText(expression)
  return inWords([{ code: 'LICENSE_FILE_UNKNOWN', detail: `${name} is not a known text` }])
}
