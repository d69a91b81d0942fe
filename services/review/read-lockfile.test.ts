import { execFileSync } from 'node:child_process'
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fixture, lockOf, temporaryProject } from '../../test/fixtures/project.ts'
import { sha512 } from '../../test/fixtures/review.ts'
import { DependencyTree } from '../contracts/dependency-tree.ts'
import { InputError } from './input-error.ts'
import { readLockfile } from './read-lockfile.ts'

const slow = { timeout: 60_000 }

async function treeOf(lock: unknown, file = 'package-lock.json'): Promise<DependencyTree> {
  return readLockfile(await temporaryProject({ [file]: lock }))
}

async function onlyPackage(entry: unknown, path = 'node_modules/a') {
  const { packages } = await treeOf(lockOf({ [path]: entry }))
  expect(packages).toHaveLength(1)
  return packages[0]!
}

async function refusal(lock: unknown): Promise<{ code: string; message: string }> {
  const error: unknown = await treeOf(lock).catch((thrown: unknown) => thrown)
  if (!(error instanceof InputError)) throw new Error('was not refused', { cause: error })
  return { code: error.code, message: error.message }
}

test('every entry but the root is a package, sorted by path', async () => {
  const tree = await readLockfile(fixture('risky'), { node: 22 })
  expect(tree.project).toEqual({ name: 'risky', version: '1.0.0' })
  expect(tree.lockfile).toEqual({ file: 'package-lock.json', version: 3 })
  expect(tree.packages.map(({ path }) => path)).toEqual([
    'node_modules/builder',
    'node_modules/builder/node_modules/copyleft',
    'node_modules/copyleft',
    'node_modules/floating',
    'node_modules/old',
    'node_modules/swapped',
  ])
  expect(tree.packages.every(({ node }) => node === 22)).toBe(true)
  expect(DependencyTree.parse(tree)).toEqual(tree)
})

test('an entry holds all that an inspector needs', async () => {
  const { packages } = await readLockfile(fixture('clean'))
  expect(packages[0]).toEqual({
    directory: fixture('clean'),
    path: 'node_modules/@scope/right',
    target: null,
    name: '@scope/right',
    version: '2.0.0',
    dev: true,
    optional: false,
    peer: false,
    bundled: false,
    link: false,
    own: false,
    license: '(GPL-3.0-only OR Apache-2.0)',
    hasInstallScript: false,
    bin: ['right'],
    deprecated: null,
    engines: { node: '>=18' },
    resolved: 'https://registry.npmjs.org/@scope/right/-/right-2.0.0.tgz',
    integrity: expect.stringMatching(/^sha512-/) as string,
    node: 24,
    problems: [],
  })
})

test("a link is described by what it leads to, and folders of the project are told from others'", async () => {
  const { packages } = await readLockfile(fixture('workspaces'))
  const shown = packages.map(({ path, name, version, link, target, own }) =>
    [path, name, version, link, target, own].join(' '),
  )
  expect(shown).toEqual([
    'node_modules/@scope/a @scope/a 1.1.0 true packages/a true',
    'node_modules/left left 1.2.3 false  false',
    'node_modules/vendored vendored 0.1.0 true vendor/vendored true',
    'packages/a @scope/a 1.1.0 false  true',
    'packages/a/node_modules/left left 1.0.0 false  false',
    'vendor/vendored vendored 0.1.0 false  true',
  ])
})

test('what the project asks for is kept, of the same name the last that npm reads', async () => {
  const { requests } = await treeOf(
    lockOf(
      {
        'packages/a': { dependencies: { b: '^2.0.0', odd: 4 } },
        'node_modules/b': { dependencies: { c: '*' } },
      },
      {
        dependencies: { b: '^1.0.0' },
        devDependencies: { b: '^2.0.0' },
        peerDependencies: { p: '*', q: ' 1 ' },
        peerDependenciesMeta: { p: { optional: true }, q: { optional: 'yes' } },
      },
    ),
  )
  expect(requests.map(({ from, field, name, spec }) => [from, field, name, spec])).toEqual([
    ['', 'peerDependencies', 'q', '1'],
    ['', 'devDependencies', 'b', '^2.0.0'],
    ['packages/a', 'dependencies', 'b', '^2.0.0'],
  ])
})

test('an alias has the name of the package that it stands for', async () => {
  const aliased = await onlyPackage({ name: 'real', version: '1.0.0' }, 'node_modules/alias')
  expect(aliased).toMatchObject({ name: 'real', path: 'node_modules/alias' })
})

test('the flags of an entry are read, and "devOptional" is both', async () => {
  const flags = { peer: true, inBundle: true, devOptional: true, hasInstallScript: true }
  expect(await onlyPackage({ version: '1.0.0', ...flags })).toMatchObject({
    dev: true,
    optional: true,
    peer: true,
    bundled: true,
    hasInstallScript: true,
    link: false,
  })
})

test('a shrinkwrap wins over the lock beside it, as in npm', async () => {
  const directory = await temporaryProject({
    'npm-shrinkwrap.json': lockOf({ 'node_modules/shrunk': { version: '1.0.0' } }),
    'package-lock.json': lockOf({ 'node_modules/locked': { version: '1.0.0' } }),
  })
  const { packages, lockfile } = await readLockfile(directory)
  expect(lockfile.file).toBe('npm-shrinkwrap.json')
  expect(packages.map(({ name }) => name)).toEqual(['shrunk'])
})

test('a lock of version 2 is read by its packages', async () => {
  const lock = {
    name: 'p',
    lockfileVersion: 2,
    packages: { 'node_modules/a': {} },
    dependencies: {},
  }
  const tree = await treeOf(lock)
  expect(tree.lockfile.version).toBe(2)
  expect(tree.project).toEqual({ name: 'p', version: '' })
  expect(tree.packages.map(({ name, version }) => [name, version])).toEqual([['a', '']])
})

test('a byte order mark does no harm', async () => {
  expect((await treeOf(`\uFEFF${JSON.stringify(lockOf({}))}`)).packages).toEqual([])
})

test('names that every object inherits are names like any other', async () => {
  const lock = `{ "lockfileVersion": 3, "packages": {
    "node_modules/__proto__": { "version": "1.0.0", "__proto__": { "dev": true } },
    "__proto__": { "version": "2.0.0" },
    "node_modules/constructor": { "version": "3.0.0" },
    "node_modules/toString": 4 } }`
  const { packages } = await treeOf(lock)
  expect(packages.map(({ path, version, dev }) => [path, version, dev])).toEqual([
    ['__proto__', '2.0.0', false],
    ['node_modules/__proto__', '1.0.0', false],
    ['node_modules/constructor', '3.0.0', false],
    ['node_modules/toString', '', false],
  ])
})

test.each([
  ['null', null, 'the entry is not an object'],
  ['text', 'x', 'the entry is not an object'],
  ['a list', [], 'the entry is not an object'],
  ['wrong fields', { version: 7, link: 'yes', dev: true }, 'not as npm writes it: link, version'],
])('an entry that is %s stays, with a problem', async (_, entry, detail) => {
  const { name, version, problems } = await onlyPackage(entry)
  expect([name, version]).toEqual(['a', ''])
  expect(problems).toEqual([{ code: 'LOCK_ENTRY_MALFORMED', detail }])
})

test('what is well in a malformed entry is kept', async () => {
  expect(await onlyPackage({ version: '1.0.0', resolved: 7, dev: true })).toMatchObject({
    version: '1.0.0',
    resolved: null,
    dev: true,
  })
})

test('an entry that stands twice is named, and the last one counts as in npm', async () => {
  const { packages } = await treeOf(
    `{ "lockfileVersion": 3, "packages": {
      "node_modules/a": { "version": "1.0.0" }, "node_modules/a": { "version": "2.0.0" },
      "node_modules/b": { "dev": true, "dev": false } } }`,
  )
  expect(packages.map(({ version, dev, problems }) => [version, dev, problems])).toEqual([
    [
      '2.0.0',
      false,
      [{ code: 'LOCK_KEY_DUPLICATE', detail: 'the lock has more than one entry with this path' }],
    ],
    [
      '',
      false,
      [{ code: 'LOCK_KEY_DUPLICATE', detail: 'the entry has more than one field "dev"' }],
    ],
  ])
})

test.each([
  [undefined, 'the entry has no "resolved"'],
  ['node_modules/a', '"node_modules/a" is a link as well'],
])('a link to %s is a problem of the link', async (resolved, detail) => {
  const { problems } = await onlyPackage({ link: true, resolved })
  expect(problems).toEqual([{ code: 'LINK_TARGET_MISSING', detail }])
})

test('a link to the project itself is none', async () => {
  expect(await onlyPackage({ link: true, resolved: '' })).toMatchObject({ own: true, problems: [] })
})

test('a link to nothing is a problem of the link', async () => {
  const { problems } = await onlyPackage({ link: true, resolved: 'packages/gone' })
  expect(problems).toEqual([
    { code: 'LINK_TARGET_MISSING', detail: 'the lock has no entry "packages/gone"' },
  ])
})

test.each([
  ['https://me:secret@host.example/a.tgz', 'https://***@host.example/a.tgz'],
  ['https://ghp_token@host.example/a.tgz', 'https://***@host.example/a.tgz'],
  ['git+https://me:secret@host.example/a.git#main', 'git+https://***@host.example/a.git#main'],
])('the credentials in %s go no further', async (resolved, masked) => {
  const read = await onlyPackage({ version: '1.0.0', resolved })
  expect(read.resolved).toBe(masked)
  expect(read.problems.map(({ code }) => code)).toEqual(['RESOLVED_CREDENTIALS'])
  expect(JSON.stringify(read)).not.toMatch(/secret|ghp_token/)
})

test.each([
  'git+ssh://git@github.com/a/b.git#0123',
  'https://registry.npmjs.org/@scope/a/-/a-1.0.0.tgz',
  'file:../a@1.tgz',
])('%s holds no credentials', async (resolved) => {
  expect(await onlyPackage({ version: '1.0.0', resolved })).toMatchObject({
    resolved,
    problems: [],
  })
})

test.each([
  ['LOCKFILE_MALFORMED', '{ "lockfileVersion": 3, "packages": {'],
  ['LOCKFILE_MALFORMED', ''],
  ['LOCKFILE_MALFORMED', '['.repeat(1_000_000)],
  ['LOCKFILE_MALFORMED', 'null'],
  ['LOCKFILE_MALFORMED', { lockfileVersion: 3 }],
  ['LOCKFILE_MALFORMED', { lockfileVersion: 3, packages: [] }],
  ['LOCKFILE_MALFORMED', { lockfileVersion: '3', packages: {} }],
  ['LOCKFILE_MALFORMED', { packages: {} }],
  ['LOCKFILE_MALFORMED', lockOf({ [`node_modules/${'x'.repeat(4096)}`]: {} })],
  ['LOCKFILE_MALFORMED', '\u0000\u001b[31m{'],
  ['LOCKFILE_V1', { lockfileVersion: 1, dependencies: {} }],
  ['LOCKFILE_V1', { name: 'npm 4', dependencies: {} }],
  ['LOCKFILE_UNSUPPORTED', { lockfileVersion: 4, packages: {} }],
  ['LOCKFILE_CONFLICTED', '{\n<<<<<<< HEAD\n"a": 1\n=======\n"a": 2\n>>>>>>> b\n}'],
])('the refusal has the code %s and says what to do (%#)', async (code, lock) => {
  const error = await refusal(lock)
  expect(error.code).toBe(code)
  expect(error.message).toMatch(/^package-lock\.json /)
  expect(error.message).not.toMatch(/\n/)
  expect(error.message.length).toBeLessThan(500)
  expect(error.message).not.toMatch(/\p{Cc}/u)
})

test('a project that is not there, has no lock or has a folder for a lock is refused', async () => {
  const directory = await temporaryProject({ file: '', 'odd/package-lock.json/x': '' })
  const code = (path: string) =>
    readLockfile(join(directory, path)).catch((error: unknown) =>
      error instanceof InputError ? error.code : error,
    )
  expect(await code('nowhere')).toBe('DIRECTORY_NOT_FOUND')
  expect(await code('file')).toBe('DIRECTORY_NOT_FOUND')
  expect(await code('file/below')).toBe('DIRECTORY_NOT_FOUND')
  expect(await code('no\0where')).toBe('DIRECTORY_NOT_FOUND')
  expect(await code('.')).toBe('LOCKFILE_NOT_FOUND')
  expect(await code('odd')).toBe('LOCKFILE_UNREADABLE')
})

test.skipIf(process.platform === 'win32')(
  'a lock that is a loop of links or a named pipe is refused and does not hang',
  async () => {
    const directory = await temporaryProject({})
    await mkdir(join(directory, 'loop'))
    await symlink('package-lock.json', join(directory, 'loop/package-lock.json'))
    await mkdir(join(directory, 'pipe'))
    execFileSync('mkfifo', [join(directory, 'pipe/package-lock.json')])
    for (const folder of ['loop', 'pipe']) {
      await expect(readLockfile(join(directory, folder))).rejects.toMatchObject({
        code: 'LOCKFILE_UNREADABLE',
      })
    }
  },
)

test('an abort is heeded', async () => {
  const signal = AbortSignal.abort(new Error('enough'))
  await expect(readLockfile(fixture('clean'), { signal })).rejects.toThrow('enough')
})

test('a lock of 10 MB is read to its last package', slow, async () => {
  const entry = {
    version: '1.0.0',
    resolved: `https://r.example/${'x'.repeat(350)}`,
    integrity: sha512,
  }
  const entries = Array.from({ length: 20_000 }, (_, at) => [`node_modules/p${at}`, entry] as const)
  const text = JSON.stringify(lockOf(Object.fromEntries(entries)))
  expect(text.length).toBeGreaterThan(10_000_000)
  const directory = await temporaryProject({ 'package-lock.json': text })
  expect((await readLockfile(directory)).packages).toHaveLength(20_000)
})

test('whatever stands in the lock, it is read or refused, never anything else', slow, async () => {
  const directory = await temporaryProject({})
  const path = fc.oneof(
    fc.string().map((name) => `node_modules/${name}`),
    fc.string({ unit: 'binary' }),
    fc.constantFrom('', '__proto__', '../up', '/etc', 'node_modules/a', 'packages/b'),
  )
  const field = fc.constantFrom(
    ...['name', 'version', 'resolved', 'integrity', 'link', 'dev', 'license', 'licenses'],
    ...['engines', 'bin', 'deprecated', 'dependencies', 'hasInstallScript', '__proto__'],
  )
  const value = fc.oneof(fc.jsonValue({ maxDepth: 3 }), fc.string(), fc.boolean())
  const entry = fc.oneof(fc.dictionary(field, value), fc.jsonValue({ maxDepth: 2 }))
  const lock = fc.record({
    lockfileVersion: fc.oneof({ weight: 9, arbitrary: fc.constantFrom(2, 3) }, fc.jsonValue()),
    packages: fc.oneof({ weight: 9, arbitrary: fc.dictionary(path, entry) }, fc.jsonValue()),
  })
  const text = fc.oneof(
    { weight: 8, arbitrary: lock.map((value) => JSON.stringify(value)) },
    { weight: 1, arbitrary: fc.json() },
    { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
  )
  await fc.assert(
    fc.asyncProperty(text, async (content) => {
      await writeFile(join(directory, 'package-lock.json'), content)
      try {
        const tree = await readLockfile(directory)
        const sent: unknown = JSON.parse(JSON.stringify(tree))
        expect(DependencyTree.parse(sent)).toEqual(sent)
        expect(tree.packages).toHaveLength(pathsIn(content).length)
      } catch (error) {
        if (!(error instanceof InputError)) throw error
      }
    }),
    { numRuns: 300 },
  )
})

function pathsIn(content: string): string[] {
  const { packages } = JSON.parse(content) as { packages: object }
  return Object.keys(packages).filter((path) => path !== '')
}
