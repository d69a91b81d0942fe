import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ProblemCode } from '../services/contracts/problem.ts'
import { inputErrorCodes } from '../services/review/input-error.ts'
import { errorCodes } from './errors.ts'

const root = join(import.meta.dirname, '..')
const tables = ['runtime/errors.ts', 'services/review/input-error.ts', 'cli/exit-code.ts']
const known = [...Object.keys(errorCodes), ...inputErrorCodes, ...commandCodes()].sort()

// What goes wrong with one package is a finding, never an error.
const problems: readonly string[] = ProblemCode.options

/** The codes of the command line, which a library does not need to load. */
function commandCodes(): readonly string[] {
  const text = readFileSync(join(root, 'cli/exit-code.ts'), 'utf8')
  const table = text.slice(
    text.indexOf('const own = {'),
    text.indexOf('export type CommandErrorCode'),
  )
  return [...table.matchAll(/^ {2}([A-Z_]+):/gm)].map(([, code = '']) => code)
}

/** What tests are made of names codes of its own. */
const forTests = /\.test\.ts$|^runtime\/(log\/conformance|testing)\//

/** The sources that ship, without what is there for tests. */
function sources(): readonly { readonly path: string; readonly text: string }[] {
  const folders = ['runtime', 'schemas', 'patterns', 'services', 'cli', 'deploy/local']
  return folders
    .flatMap((folder) => globSync(`${folder}/**/*.ts`, { cwd: root }))
    .filter((path) => !forTests.test(path))
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }))
}

/** Codes given to an error: as its code, as a default, or as what a failure without one gets. */
function codesIn(text: string): readonly string[] {
  const code = `'([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*)'`
  const patterns = [
    new RegExp(`\\bcode: ${code}`, 'g'),
    new RegExp(`\\bcode \\?\\? ${code}`, 'g'),
    new RegExp(`\\bcode = .* : ${code}`, 'g'),
    new RegExp(`\\b(?:failureOf|checked|check|bury)\\((?:[^()']|'[^']*')*?, ${code}`, 'g'),
  ]
  return patterns.flatMap((pattern) => [...text.matchAll(pattern)].map((match) => match[1] ?? ''))
}

/** Code and text of every section of the documentation. */
function sections(): ReadonlyMap<string, string> {
  const text = readFileSync(join(root, 'docs/errors.md'), 'utf8')
  const parts = text.split(/^### /m).slice(1)
  return new Map(
    parts.map((part) => {
      const end = part.indexOf('\n')
      return [part.slice(0, end), part.slice(end + 1)]
    }),
  )
}

test('every code given to an error in the sources stands in a table', () => {
  const used = sources().flatMap(({ path, text }) => codesIn(text).map((code) => [code, path]))
  const unknown = used.filter(
    ([code]) => code !== undefined && !known.includes(code) && !problems.includes(code),
  )
  expect(unknown).toEqual([])
  expect(used.length).toBeGreaterThan(40)
})

test('every code of a table is used in the sources', () => {
  const texts = sources()
    .filter(({ path }) => !tables.includes(path))
    .map(({ text }) => text)
  // The default codes of the error classes stand in the table's own file.
  const defaults = codesIn(readFileSync(join(root, 'runtime/errors.ts'), 'utf8'))
  const unused = known.filter(
    (code) => !defaults.includes(code) && !texts.some((text) => text.includes(`'${code}'`)),
  )
  expect(unused).toEqual([])
})

describe('the documentation of errors', () => {
  test('has a section for each code, and none for another', () => {
    expect([...sections().keys()].sort()).toEqual(known)
  })

  test('begins each section of the runtime with the sentence of the table', () => {
    const sentences = Object.entries(errorCodes).map(([code, sentence]) => [
      code,
      `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.`,
    ])
    const documented = Object.keys(errorCodes).map((code) => [
      code,
      sections().get(code)?.trim().split('\n')[0],
    ])
    expect(documented).toEqual(sentences)
  })

  test('says message, why and fix in each section', () => {
    const incomplete = [...sections()].filter(
      ([, text]) => !/^- \*\*Message:\*\* .+\n- \*\*Why:\*\* .+\n- \*\*Fix:\*\* .+$/m.test(text),
    )
    expect(incomplete.map(([code]) => code)).toEqual([])
  })
})
