import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fixture, temporaryProject } from '../../test/fixtures/project.ts'
import { parsed } from '../options.ts'
import { checkRequest, newRunId, Options, requestOf } from './request.ts'

const given = { node: '24', failOn: 'high', serve: true, output: 'text' }

function request(directory: string, more: Readonly<Record<string, string>> = {}, cwd = '/work') {
  return requestOf(directory, parsed(Options, { ...given, ...more }), cwd)
}

test('paths are from the current directory on', () => {
  expect(request('shop', { policy: 'policies/strict.json' })).toEqual({
    directory: '/work/shop',
    out: '/work',
    policy: '/work/policies/strict.json',
    node: 24,
    failOn: 'high',
  })
  expect(request('/shop', { out: 'reports' }).out).toBe('/work/reports')
})

test('a project that can be reviewed is read, and the folder for its report made', async () => {
  const out = join(await temporaryProject({}), 'a', 'b')
  const tree = await checkRequest(request(fixture('clean'), { out }))
  expect(tree.packages.length).toBeGreaterThan(0)
  expect(readdirSync(out)).toEqual([])
})

test.each([
  [{ 'package.json': '{}' }, {}, 'LOCKFILE_NOT_FOUND'],
  [{ 'package-lock.json': '{' }, {}, 'LOCKFILE_MALFORMED'],
  [{ 'package-lock.json': '{"lockfileVersion":1}' }, {}, 'LOCKFILE_V1'],
  [
    { 'package-lock.json': { lockfileVersion: 3, packages: {} } },
    { policy: 'x' },
    'POLICY_NOT_FOUND',
  ],
  [
    { 'package-lock.json': { lockfileVersion: 3, packages: {} }, x: '1' },
    { out: 'x' },
    'OUT_UNWRITABLE',
  ],
])('a project of %j reviewed with %j is refused: %s', async (files, more, code) => {
  const directory = await temporaryProject(files)
  await expect(checkRequest(request('.', more, directory))).rejects.toMatchObject({ code })
})

test.skipIf(process.platform !== 'linux').each(['/proc', '/proc/x/y'])(
  'a folder that takes no file, %s, is told of at once',
  async (out) => {
    await expect(checkRequest(request(fixture('clean'), { out }))).rejects.toMatchObject({
      code: 'OUT_UNWRITABLE',
    })
  },
)

test('an id says what was reviewed and when', () => {
  const now = new Date(Date.UTC(2026, 10, 23, 9, 8, 7))
  expect(newRunId('@acme/shop', now)).toMatch(/^acme-shop-20261123-090807-[0-9a-f]{4}$/)
  expect(newRunId('///', now)).toMatch(/^project-/)
})
