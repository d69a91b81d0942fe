import { expect, test } from 'vitest'
import { lockOf, temporaryProject } from '../../test/fixtures/project.ts'
import { compareProject } from './compare-project.ts'
import { readLockfile } from './read-lockfile.ts'

const entries = {
  'node_modules/a': { version: '1.2.0' },
  'node_modules/@scope/b': { version: '2.0.0-rc.1' },
  'node_modules/alias': { name: 'real', version: '4.1.0' },
}

async function differences(
  manifest: unknown,
  { root = {}, more = {}, files = {} }: Record<string, Record<string, unknown>> = {},
): Promise<string[]> {
  const directory = await temporaryProject({
    'package-lock.json': lockOf({ ...entries, ...more }, root),
    'package.json': manifest,
    ...files,
  })
  const found = await compareProject(await readLockfile(directory))
  expect(found.every(({ kind }) => kind === 'lock-out-of-sync')).toBe(true)
  return found.map(({ path, evidence }) => `${path}|${evidence}`)
}

test.each([
  { a: '^1.0.0' },
  { a: '' },
  { a: '1.2.0', '@scope/b': '*' },
  { '@scope/b': '^2.0.0-rc.0' },
  { alias: 'npm:real@^4.0.0' },
  { alias: 'npm:real' },
  { alias: 'npm:real@next', a: 'latest' },
])('the lock is in sync with %j', async (dependencies) => {
  expect(await differences({ dependencies })).toEqual([])
})

test('a package that is asked for and not locked is a difference, wherever it is asked for', async () => {
  const fields = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies']
  for (const field of fields) {
    expect(await differences({ [field]: { gone: '^1.0.0' } })).toEqual([
      `|package.json, ${field}: gone@^1.0.0`,
    ])
  }
})

test.each([
  [{ a: '^2.0.0' }, 'a@^2.0.0; locked: a@1.2.0'],
  [{ '@scope/b': '^2.0.0' }, '@scope/b@^2.0.0; locked: @scope/b@2.0.0-rc.1'],
  [{ alias: 'npm:other@^4.0.0' }, 'alias@npm:other@^4.0.0; locked: real@4.1.0'],
  [{ alias: 'npm:real@^5.0.0' }, 'alias@npm:real@^5.0.0; locked: real@4.1.0'],
  [{ a: 'github:me/a' }, 'a@github:me/a; locked: a@1.2.0'],
])('a locked version that %j does not take is a difference', async (dependencies, evidence) => {
  const [found] = await differences({ dependencies })
  expect(found).toBe(
    `node_modules/${Object.keys(dependencies).join('')}|package.json, dependencies: ${evidence}`,
  )
})

test('what is no range is compared with what was asked for when it was locked', async () => {
  const asked = { dependencies: { a: 'github:me/a', '@scope/b': 'file:b' } }
  expect(await differences(asked, { root: asked })).toEqual([])
  const other = { dependencies: { a: 'github:me/a#v2', '@scope/b': 'file:b' } }
  expect(await differences(other, { root: asked })).toHaveLength(1)
})

test('what the lock has beyond what is asked for is left out by npm, and no difference', async () => {
  expect(await differences({}, { root: { dependencies: { a: '^1.0.0' } } })).toEqual([])
})

test('peers that npm has left out or overruled when it locked are no difference', async () => {
  const peerDependencies = { a: '^9.0.0', gone: '*' }
  const peerDependenciesMeta = { may: { optional: true } }
  const manifest = {
    peerDependencies: { ...peerDependencies, may: '1' },
    peerDependenciesMeta,
  }
  expect(await differences(manifest, { root: { peerDependencies } })).toEqual([])
})

test('a workspace is compared by what it finds from its folder outwards', async () => {
  const more = {
    'packages/one': { version: '1.0.0', dependencies: { a: '^3.0.0' } },
    'packages/one/node_modules/a': { version: '3.0.0' },
    'node_modules/one': { link: true, resolved: 'packages/one' },
  }
  const files = {
    'packages/one/package.json': { name: 'one', dependencies: { a: '^3.0.0', alias: '*' } },
    'packages/two/package.json': { name: '@scope/two', dependencies: { never: '1' } },
    'packages/none/readme': '',
    'packages/no/package.json': { name: 'no' },
  }
  const manifest = {
    workspaces: ['packages/*', '!packages/no'],
    dependencies: { one: '^1.0.0', a: '1' },
  }
  expect(await differences(manifest, { more, files })).toEqual(['|packages/two/package.json'])
  const without = { ...more, 'packages/one/node_modules/a': undefined }
  expect(await differences(manifest, { more: without, files })).toEqual([
    'node_modules/a|packages/one/package.json, dependencies: a@^3.0.0; locked: a@1.2.0',
    '|packages/two/package.json',
  ])
})

test('an override of the project may overrule what a workspace asks for', async () => {
  const member = { dependencies: { a: '^3.0.0' } }
  const more = { 'packages/one': member }
  const files = { 'packages/one/package.json': member }
  const overrides = { other: { 'a@^3': '1.2.0' } }
  expect(await differences({ overrides }, { more, files })).toEqual([])
  expect(await differences({}, { more, files })).toHaveLength(1)
})

test('names that every object inherits are asked for like any other', async () => {
  const manifest = '{"dependencies":{"__proto__":"^1.0.0","constructor":"1","toString":"2"}}'
  expect(await differences(manifest)).toHaveLength(3)
})

test.each([[{ dependencies: [] }], [{ dependencies: { a: 7 } }], [{ workspaces: 'x' }], [{}]])(
  'a manifest with %j asks for nothing',
  async (manifest) => expect(await differences(manifest)).toEqual([]),
)
