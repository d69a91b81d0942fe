import { expect, test } from 'vitest'
import { linkTarget, nameFromPath, workspaceTest } from './lock-path.ts'

test.each([
  ['node_modules/a', 'a'],
  ['node_modules/@scope/a', '@scope/a'],
  ['node_modules/a/node_modules/@scope/b', '@scope/b'],
  ['packages/a', 'a'],
  ['packages/@scope/a', '@scope/a'],
  ['../outside', 'outside'],
  ['node_modules/__proto__', '__proto__'],
  ['node_modules/', 'node_modules/'],
])('the package at %s is named %s', (path, name) => expect(nameFromPath(path)).toBe(name))

test.each([
  ['packages/a', 'packages/a'],
  ['./packages/a/', 'packages/a'],
  ['file:../a', '../a'],
  ['', ''],
  ['.', ''],
])('a link to %j leads to %j', (resolved, target) => expect(linkTarget(resolved)).toBe(target))

test('workspaces are those that the globs name, and the last one that matches decides', () => {
  const isWorkspace = workspaceTest(['packages/*', './tools', 'deep/**', '!packages/not'])
  const paths = ['packages/a', 'tools', 'deep/a/b', 'packages/not', 'packages/a/b', 'other']
  expect(paths.map(isWorkspace)).toEqual([true, true, true, false, false, false])
})

test('what is installed inside a workspace is not one', () => {
  expect(workspaceTest(['packages/**'])('packages/a/node_modules/b')).toBe(false)
})

test('workspaces may stand in an object, and anything else names none', () => {
  expect(workspaceTest({ packages: ['a+(b)'] })('a+(b)')).toBe(true)
  for (const odd of [undefined, null, 'packages/*', 7, [1, null], { packages: 'a' }]) {
    expect(workspaceTest(odd)('packages/a')).toBe(false)
  }
})
