import { mkdir, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { lockOf, temporaryProject } from '../../test/fixtures/project.ts'
import type { Finding } from '../contracts/finding.ts'
import { compareProject } from './compare-project.ts'
import { readLockfile } from './read-lockfile.ts'

async function compare(directory: string): Promise<Finding[]> {
  return compareProject(await readLockfile(directory))
}

async function shown(directory: string): Promise<string[]> {
  const found = await compare(directory)
  return found.map(({ kind, package: name, version, path }) =>
    [kind, name, version, path].filter((part) => part !== '').join(' '),
  )
}

const left = { name: 'left', version: '1.0.0' }
const locked = {
  'package-lock.json': lockOf({ 'node_modules/left': { version: '1.0.0' } }),
  'node_modules/left/package.json': left,
}

test('a package that is installed and not locked is found, with its scripts', async () => {
  const directory = await temporaryProject({
    ...locked,
    'node_modules/evil/package.json': {
      name: 'other',
      version: '6.6.6',
      scripts: { postinstall: 'node steal' },
    },
    'node_modules/left/node_modules/@scope/nested/package.json': { version: '1.0.0' },
    'node_modules/@scope/bare/index.js': '',
    'node_modules/.cache/thing/package.json': left,
    'node_modules/@scope/.hidden/package.json': left,
    'node_modules/left/lib/node_modules/fixture/package.json': left,
    'node_modules/readme.txt': '',
  })
  const found = await compare(directory)
  expect(found.map(({ severity, path, evidence }) => [severity, path, evidence])).toEqual([
    ['medium', 'node_modules/@scope/bare', 'its package.json says nothing'],
    ['medium', 'node_modules/evil', 'its package.json says other@6.6.6\npostinstall: node steal'],
    ['medium', 'node_modules/left/node_modules/@scope/nested', 'its package.json says 1.0.0'],
  ])
  expect(found.map((each) => `${each.package} ${each.version}`)).toEqual([
    '@scope/bare ',
    'evil 6.6.6',
    '@scope/nested 1.0.0',
  ])
})

test('a link that is not locked is found, and is not followed', async () => {
  const directory = await temporaryProject(locked)
  const outside = await temporaryProject({ 'package.json': { name: 'secret', version: '1.0.0' } })
  await symlink(outside, join(directory, 'node_modules/linked'))
  await symlink('.', join(directory, 'node_modules/loop'))
  const found = await compare(directory)
  expect(found.map(({ path, version, evidence }) => [path, version, evidence])).toEqual([
    ['node_modules/linked', '', 'a symbolic link'],
    ['node_modules/loop', '', 'a symbolic link'],
  ])
})

test('a workspace is looked into, and what stands in the place of its link is found', async () => {
  const directory = await temporaryProject({
    'package-lock.json': lockOf({
      'node_modules/left': { version: '1.0.0' },
      'node_modules/one': { link: true, resolved: 'packages/one' },
      'node_modules/two': { link: true, resolved: 'packages/two' },
      'node_modules/three': { link: true, resolved: 'packages/three' },
      'packages/one': {},
      'packages/two': {},
      'packages/three': {},
    }),
    'node_modules/left/package.json': left,
    'node_modules/one/package.json': { name: 'one' },
    'packages/one/node_modules/more/package.json': {},
    'packages/two/package.json': {},
    'packages/three/package.json': {},
  })
  await symlink('../packages/two', join(directory, 'node_modules/two'))
  expect(await shown(directory)).toEqual([
    'package-unlocked more packages/one/node_modules/more',
    'manifest-mismatch one node_modules/one',
    'package-missing three node_modules/three',
  ])
})

test('a workspace that is a link out of the project is not looked into', async () => {
  const outside = await temporaryProject({ 'node_modules/far/package.json': left })
  const directory = await temporaryProject({
    'package-lock.json': lockOf({ 'packages/one': {}, '../up': {} }),
    'packages/readme': '',
  })
  await symlink(outside, join(directory, 'packages/one'))
  expect(await compare(directory)).toEqual([])
})

test('nothing differs where there is nothing but the lock', async () => {
  const lock = lockOf({
    'node_modules/left': { version: '1.0.0' },
    'node_modules/one': { link: true, resolved: 'packages/one' },
  })
  expect(await compare(await temporaryProject({ 'package-lock.json': lock }))).toEqual([])
})

test.each([
  ['', 'package.json is not valid JSON'],
  ['{ // why\n}', 'package.json is not valid JSON'],
  ['[]', 'package.json is not an object'],
  [' '.repeat(4 * 1024 * 1024 + 1), 'package.json is larger than 4 MB'],
])('a package.json that cannot be compared is found (%#)', async (text, evidence) => {
  const directory = await temporaryProject({ ...locked, 'package.json': text })
  const found = await compare(directory)
  expect(found.map((each) => [each.kind, each.evidence])).toEqual([
    ['package-unreadable', evidence],
  ])
})

test('a package.json that is a folder is found', async () => {
  const directory = await temporaryProject(locked)
  await mkdir(join(directory, 'package.json'))
  const [found] = await compare(directory)
  expect(found?.evidence).toBe('package.json is not a regular file')
})

test('of very many, the rest is one finding', async () => {
  const names = Array.from({ length: 510 }, (_, at) => `p${at}`)
  const files = Object.fromEntries(names.map((name) => [`node_modules/${name}/package.json`, {}]))
  const dependencies = Object.fromEntries(names.map((name) => [`q${name}`, '1']))
  const directory = await temporaryProject({
    ...locked,
    ...files,
    'package.json': { dependencies },
  })
  const found = await compare(directory)
  expect(found).toHaveLength(1002)
  expect(found.filter((each) => each.package === '').map(({ evidence }) => evidence)).toEqual([
    '510 in all',
    '510 in all',
  ])
})
