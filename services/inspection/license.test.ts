import { symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryProject } from '../../test/fixtures/project.ts'
import { readLicense } from './license.ts'

const unlicense = 'This is free and unencumbered software released into the public domain.'
const zero = 'CC0 1.0 Universal'

async function licenseOf(declared: string | null, files: Record<string, string>) {
  const folder = await temporaryProject(files)
  return readLicense(declared, { folder, names: Object.keys(files) })
}

test('a valid declaration is the licence, whatever the files say', async () => {
  expect(await licenseOf('MIT', { LICENSE: unlicense })).toEqual({
    license: { expression: 'MIT', source: 'manifest', valid: true },
    guess: null,
    problems: [],
  })
})

test.each([
  ['mit', 'MIT'],
  ['Apache 2.0', 'Apache-2.0'],
  ['MIT/X11', 'MIT'],
  ['(MIT OR Apache 2.0)', '(MIT OR Apache-2.0)'],
  ['GPL OR what you like', null],
  ['UNLICENSED', null],
  ['my own', null],
])('%s stays as it is, is not valid and most likely means %s', async (declared, guess) => {
  expect(await readLicense(declared, null)).toEqual({
    license: { expression: declared, source: 'manifest', valid: false },
    guess,
    problems: [],
  })
})

test.each([
  'LICENSE',
  'license.md',
  'LICENCE.txt',
  'UNLICENSE',
  'MIT-LICENSE',
  'LICENSE-MIT',
  'COPYING',
  'Licenses.txt',
])('without a declaration the text of %s counts', async (name) => {
  expect((await licenseOf(null, { [name]: unlicense })).license).toEqual({
    expression: 'Unlicense',
    source: 'file',
    valid: true,
  })
})

test.each(['README.md', 'license.js', 'licensed-by', 'LICENSE.json'])(
  '%s is not a licence file',
  async (name) => {
    expect(await licenseOf(null, { [name]: unlicense })).toEqual({
      license: { expression: null, source: 'none', valid: false },
      guess: null,
      problems: [],
    })
  },
)

test('several licence files all apply', async () => {
  const files = { 'LICENSE-A': unlicense, 'LICENSE-B': zero }
  expect((await licenseOf(null, files)).license.expression).toBe('CC0-1.0 AND Unlicense')
})

test('a licence file with unknown terms is said to be there', async () => {
  expect(await licenseOf(null, { LICENSE: 'On Tuesdays.' })).toMatchObject({
    license: { expression: null, source: 'none' },
    problems: [{ code: 'LICENSE_FILE_UNKNOWN', detail: 'LICENSE' }],
  })
})

test('a licence file that cannot be read whole may say anything, whatever another says', async () => {
  const files = { 'LICENSE-A': zero, 'LICENSE-B': zero.padEnd(600 * 1024) }
  expect(await licenseOf(null, files)).toMatchObject({
    license: { expression: null, source: 'none' },
    problems: [{ code: 'LICENSE_FILE_UNKNOWN', detail: 'LICENSE-A, LICENSE-B (too-large)' }],
  })
})

test('a file that the declaration names is read', async () => {
  const { license } = await licenseOf('SEE LICENSE IN <TERMS.md>', { 'TERMS.md': zero })
  expect(license).toEqual({ expression: 'CC0-1.0', source: 'file', valid: true })
})

test.each([
  ['with unknown terms', 'TERMS', 'LICENSE_FILE_UNKNOWN'],
  ['that is missing', 'NOWHERE', 'LICENSE_FILE_MISSING'],
  ['outside the package', '../TERMS', 'LICENSE_FILE_MISSING'],
  ['by an absolute path', '/etc/hostname', 'LICENSE_FILE_MISSING'],
])('a named file %s leaves the declaration as it is', async (_, name, code) => {
  const declared = `SEE LICENSE IN ${name}`
  const { license, problems } = await licenseOf(declared, { TERMS: 'On Tuesdays.' })
  expect(license).toEqual({ expression: declared, source: 'manifest', valid: false })
  expect(problems.map((problem) => problem.code)).toEqual([code])
})

test('a licence file that is a link is not followed', async () => {
  const folder = await temporaryProject({ elsewhere: zero })
  await symlink('elsewhere', join(folder, 'LICENSE'))
  const { license } = await readLicense(null, { folder, names: ['LICENSE'] })
  expect(license.expression).toBeNull()
})
