import { symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryProject } from '../../test/fixtures/project.ts'
import { readInstalledFiles } from './installed-files.ts'

test('regular files are counted at every depth, nested packages are not', async () => {
  const folder = await temporaryProject({
    'package.json': '{}',
    'lib/a.js': '1234',
    'lib/deep/b.js': '12345',
    'node_modules/other/index.js': 'x'.repeat(1000),
    'lib/node_modules/other/index.js': 'x'.repeat(1000),
  })
  expect(await readInstalledFiles(folder)).toEqual({
    size: { files: 3, bytes: 11 },
    native: false,
    topFiles: ['package.json'],
    problems: [],
  })
})

test('links are neither followed nor counted, so a loop ends', async () => {
  const folder = await temporaryProject({ 'lib/a.js': '1234' })
  await symlink('..', join(folder, 'lib/up'))
  await symlink('/', join(folder, 'root'))
  await symlink('self', join(folder, 'self'))
  expect((await readInstalledFiles(folder)).size).toEqual({ files: 1, bytes: 4 })
})

test.each(['build/Release/addon.node', 'binding.gyp'])('%s is native code', async (file) => {
  expect((await readInstalledFiles(await temporaryProject({ [file]: '' }))).native).toBe(true)
})

test.each(['docs/binding.gyp', 'node_modules/other/addon.node', 'lib/addon.node.js'])(
  '%s is not',
  async (file) => {
    expect((await readInstalledFiles(await temporaryProject({ [file]: '' }))).native).toBe(false)
  },
)

test('names with odd characters are names', async () => {
  const folder = await temporaryProject({ 'a b\n"c"\\\u202e.js': '1', '-rf': '1', '.hidden': '1' })
  expect((await readInstalledFiles(folder)).size).toEqual({ files: 3, bytes: 3 })
})

test('what is too large or too deep is given up, and said to be', async () => {
  const files = Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`f${at}`, '1']))
  const large = await readInstalledFiles(await temporaryProject(files), { maxEntries: 10 })
  const deep = await readInstalledFiles(await temporaryProject({ 'a/b/c/d': '' }), { maxDepth: 3 })
  for (const { size, problems } of [large, deep]) {
    expect(size).toBeNull()
    expect(problems.map(({ code }) => code)).toEqual(['TREE_TOO_LARGE'])
  }
})

test('a folder that is gone is a problem, not a failure', async () => {
  expect(await readInstalledFiles(join(await temporaryProject({}), 'gone'))).toMatchObject({
    size: null,
    problems: [{ code: 'UNREADABLE', detail: 'some of its files cannot be read (ENOENT)' }],
  })
})

test('an abort is heeded in the middle of a walk', async () => {
  const folder = await temporaryProject({ 'a/b': '' })
  const signal = AbortSignal.abort(new Error('enough'))
  await expect(readInstalledFiles(folder, { signal })).rejects.toThrow('enough')
})
