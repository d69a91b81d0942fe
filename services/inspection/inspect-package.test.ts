import { chmod, mkdir, rename, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fixture, temporaryProject } from '../../test/fixtures/project.ts'
import { refOf, sha512 } from '../../test/fixtures/review.ts'
import type { PackageRef } from '../contracts/dependency-tree.ts'
import { PackageFacts } from '../contracts/package-facts.ts'
import { inspectPackage } from './inspect-package.ts'

const manifest = { name: 'left', version: '1.0.0', license: 'MIT' }

/** Inspects `left` after its files have been written to node_modules/left. */
async function inspectLeft(files: Record<string, unknown>, changes: Partial<PackageRef> = {}) {
  const installed = Object.entries(files).map(
    ([path, content]) => [`node_modules/left/${path}`, content] as const,
  )
  const directory = await temporaryProject(Object.fromEntries(installed))
  return inspectPackage(refOf(directory, changes))
}

function codes({ problems }: PackageFacts): string[] {
  return problems.map(({ code }) => code)
}

test('an installed package is described by its manifest and its files', async () => {
  const facts = await inspectLeft(
    {
      'package.json': {
        ...manifest,
        license: undefined,
        licenses: [{ type: 'MIT' }, { type: 'ISC' }],
        bin: { left: 'cli.js' },
        engines: { node: '>=20' },
        scripts: { test: 'x', postinstall: 'node build.js' },
      },
      'build/addon.node': '12345',
    },
    { hasInstallScript: true, deprecated: 'use right' },
  )
  expect(facts).toEqual({
    path: 'node_modules/left',
    name: 'left',
    version: '1.0.0',
    dev: false,
    optional: false,
    peer: false,
    bundled: false,
    link: false,
    license: { expression: '(MIT OR ISC)', source: 'manifest', valid: true },
    scripts: { postinstall: 'node build.js' },
    hasInstallScript: true,
    native: true,
    bin: ['left'],
    deprecated: 'use right',
    engines: { node: '>=20' },
    enginesOk: true,
    origin: 'registry',
    resolved: null,
    integrity: sha512,
    integrityAlgorithm: 'sha512',
    installed: {
      files: 2,
      bytes:
        5 +
        JSON.stringify({
          ...manifest,
          license: undefined,
          licenses: [{ type: 'MIT' }, { type: 'ISC' }],
          bin: { left: 'cli.js' },
          engines: { node: '>=20' },
          scripts: { test: 'x', postinstall: 'node build.js' },
        }).length,
    },
    own: false,
    node: 24,
    licenseGuess: null,
    problems: [],
  })
  expect(PackageFacts.parse(facts)).toEqual(facts)
})

test('a package that is not installed is described by the lock', async () => {
  const fromLock = {
    license: 'Apache-2.0',
    hasInstallScript: true,
    bin: ['left'],
    engines: { node: '<=12' },
    deprecated: 'use right',
  }
  const facts = await inspectPackage(refOf(await temporaryProject({}), fromLock))
  expect(facts).toMatchObject({
    license: { expression: 'Apache-2.0', source: 'manifest', valid: true },
    scripts: {},
    hasInstallScript: true,
    bin: ['left'],
    deprecated: 'use right',
    engines: { node: '<=12' },
    enginesOk: false,
    installed: null,
    problems: [{ code: 'NOT_INSTALLED', detail: 'node_modules/left' }],
  })
})

test('inspecting twice gives the same facts', async () => {
  const directory = await temporaryProject({
    'node_modules/left/package.json': { ...manifest, license: undefined },
    'node_modules/left/LICENSE-B': 'CC0 1.0 Universal',
    'node_modules/left/LICENSE-A': 'Apache License, Version 2.0, January 2004',
    'node_modules/left/lib/a.js': '',
  })
  const first = await inspectPackage(refOf(directory))
  expect(JSON.stringify(await inspectPackage(refOf(directory)))).toBe(JSON.stringify(first))
})

test('the facts do not say where the project lies', async () => {
  const directory = await temporaryProject({ 'node_modules/left/package.json/x': '' })
  const facts = await inspectPackage(refOf(directory, { resolved: 'file:left.tgz' }))
  expect(JSON.stringify(facts)).not.toContain(directory)
})

test.each([
  ['MANIFEST_MISSING', { 'index.js': '' }],
  ['MANIFEST_MALFORMED', { 'package.json': '{' }],
  ['MANIFEST_MALFORMED', { 'package.json': '[]' }],
  ['MANIFEST_MALFORMED', { 'package.json': '['.repeat(100_000) }],
  ['MANIFEST_TOO_LARGE', { 'package.json': ' '.repeat(1024 * 1024 + 1) }],
  ['UNREADABLE', { 'package.json/x': '' }],
])('%s: the lock is all there is, and the files are counted (%#)', async (code, files) => {
  const facts = await inspectLeft(files, { license: 'MIT' })
  expect(codes(facts)).toEqual([code])
  expect(facts.license.expression).toBe('MIT')
  expect(facts.installed?.files).toBe(1)
})

test('a byte order mark in a manifest does no harm', async () => {
  const facts = await inspectLeft({ 'package.json': `\uFEFF${JSON.stringify(manifest)}` })
  expect(facts).toMatchObject({ license: { expression: 'MIT' }, problems: [] })
})

test.each([
  ['UNREADABLE', 'a file', (directory: string) => writeFile(join(directory, 'left'), '')],
  ['SYMLINK', 'a loop', (directory: string) => symlink('left', join(directory, 'left'))],
  [
    'PATH_UNSAFE',
    'a link out of the project',
    (directory: string) => symlink('/', join(directory, 'left')),
  ],
  [
    'NOT_INSTALLED',
    'a link to nothing',
    (directory: string) => symlink('gone', join(directory, 'left')),
  ],
])('%s: in the place of a package is %s', async (code, _, put) => {
  const directory = await temporaryProject({})
  await mkdir(join(directory, 'node_modules'))
  await put(join(directory, 'node_modules'))
  const facts = await inspectPackage(refOf(directory))
  expect([codes(facts), facts.installed]).toEqual([[code], null])
})

test.each([
  '../outside',
  'node_modules/../../outside',
  '/etc',
  'C:\\Windows',
  'node_modules\\..\\..\\x',
  'node_modules/a\0b',
])('%j is not read', async (path) => {
  const facts = await inspectPackage(refOf(await temporaryProject({}), { path }))
  expect(codes(facts)).toEqual(['PATH_UNSAFE'])
})

test('a path that is too long is a problem', async () => {
  const directory = await temporaryProject({ 'node_modules/other/package.json': '{}' })
  const path = `node_modules/${'x'.repeat(500)}`
  expect(codes(await inspectPackage(refOf(directory, { path })))).toEqual(['UNREADABLE'])
})

test('node_modules may lie elsewhere', async () => {
  const elsewhere = await temporaryProject({ 'left/package.json': manifest })
  const directory = await temporaryProject({})
  await symlink(elsewhere, join(directory, 'node_modules'))
  expect(await inspectPackage(refOf(directory))).toMatchObject({
    license: { expression: 'MIT' },
    installed: { files: 1 },
    problems: [],
  })
})

test.skipIf(process.platform === 'win32' || process.getuid?.() === 0)(
  'a package that may not be read is a problem',
  async () => {
    const directory = await temporaryProject({ 'node_modules/left/package.json': manifest })
    await chmod(join(directory, 'node_modules/left'), 0)
    const facts = await inspectPackage(refOf(directory))
    await chmod(join(directory, 'node_modules/left'), 0o700)
    expect(codes(facts)).toContain('UNREADABLE')
  },
)

test.each([
  ['MANIFEST_NAME_DIFFERS', { name: 'right' }, '"right" for "left"'],
  ['MANIFEST_VERSION_DIFFERS', { version: '1.0.1' }, '"1.0.1" for "1.0.0"'],
  ['MANIFEST_VERSION_DIFFERS', { version: undefined }, 'no version for "1.0.0"'],
  ['SCRIPTS_UNANNOUNCED', { scripts: { install: 'make' } }, 'install: make'],
])('%s: the disk contradicts the lock', async (code, changes, detail) => {
  const facts = await inspectLeft({ 'package.json': { ...manifest, ...changes } })
  expect(facts.problems).toEqual([{ code, detail }])
})

test.each([
  [{ license: 'ISC' }, ['LICENSE_DIFFERS']],
  [{ license: { type: 'MIT' } }, []],
  [{ license: undefined }, []],
])('beside a lock that says MIT, %j has the problems %j', async (changes, problems) => {
  const files = { 'package.json': { ...manifest, ...changes } }
  const facts = await inspectLeft(files, { license: 'MIT' })
  expect(codes(facts)).toEqual(problems)
})

test('versions that mean the same do not differ', async () => {
  const facts = await inspectLeft({ 'package.json': { ...manifest, version: 'v1.0.0+build' } })
  expect(facts.problems).toEqual([])
})

test('an alias is known by the name of the package that it stands for', async () => {
  const facts = await inspectLeft(
    { 'package.json': { ...manifest, name: 'real' } },
    { name: 'real', path: 'node_modules/left' },
  )
  expect(facts).toMatchObject({ name: 'real', problems: [] })
})

test('a folder of the project may run ahead of the lock', async () => {
  const directory = await temporaryProject({
    'packages/left/package.json': { ...manifest, version: '2.0.0', scripts: { install: 'make' } },
  })
  const facts = await inspectPackage(refOf(directory, { path: 'packages/left' }))
  expect(facts).toMatchObject({
    scripts: { install: 'make' },
    hasInstallScript: true,
    problems: [],
  })
})

test.each([
  ['by npm', {}, true],
  ['by its own install script', { scripts: { install: 'node-gyp-build' } }, true],
  ['not, as it says', { gypfile: false }, false],
])('a package with a binding.gyp is built %s', async (_, changes, hasInstallScript) => {
  const facts = await inspectLeft(
    { 'package.json': { ...manifest, ...changes }, 'binding.gyp': '{}' },
    { hasInstallScript: false },
  )
  expect(facts).toMatchObject({ hasInstallScript, native: true })
  expect(codes(facts)).toEqual(hasInstallScript ? ['SCRIPTS_UNANNOUNCED'] : [])
})

test('a link is described by what it leads to, whose problems and files are not its own', async () => {
  const link = { link: true, target: 'vendor/vendored', path: 'node_modules/vendored' }
  const facts = await inspectPackage(refOf(fixture('workspaces'), { ...link, integrity: null }))
  expect(facts).toMatchObject({
    origin: 'link',
    scripts: { install: 'make' },
    installed: null,
    problems: [],
  })
})

test.each(['', '../outside', 'gone'])('a link to %j is described by the lock', async (target) => {
  const link = { link: true, target, license: 'MIT' }
  const facts = await inspectPackage(refOf(await temporaryProject({}), link))
  expect(facts).toMatchObject({ license: { expression: 'MIT' }, installed: null, problems: [] })
})

test('what strangers wrote is bounded', async () => {
  const long = 'x'.repeat(200_000)
  const facts = await inspectLeft({
    'package.json': {
      ...manifest,
      license: long,
      scripts: { install: long },
      engines: { node: long },
    },
  })
  expect(JSON.stringify(facts).length).toBeLessThan(20_000)
})

test('a package that is replaced while nobody looks is seen as it is now', async () => {
  const directory = await temporaryProject({ 'node_modules/left/package.json': manifest })
  await rename(join(directory, 'node_modules/left'), join(directory, 'node_modules/gone'))
  expect(codes(await inspectPackage(refOf(directory)))).toEqual(['NOT_INSTALLED'])
})

test('an abort is heeded', async () => {
  const signal = AbortSignal.abort(new Error('enough'))
  await expect(inspectPackage(refOf('/'), { signal })).rejects.toThrow('enough')
})
