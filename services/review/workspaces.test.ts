import { expect, test } from 'vitest'
import { workspacesOf } from './workspaces.ts'

test('workspaces are those that the globs name, and the last one that matches decides', () => {
  const { includes } = workspacesOf(['packages/*', './tools', 'deep/**', '!packages/not'])
  const paths = ['packages/a', 'tools', 'deep/a/b', 'packages/not', 'packages/a/b', 'other']
  expect(paths.map(includes)).toEqual([true, true, true, false, false, false])
})

test('what is installed inside a workspace is not one', () => {
  expect(workspacesOf(['packages/**']).includes('packages/a/node_modules/b')).toBe(false)
})

test('workspaces may stand in an object, and anything else names none', () => {
  expect(workspacesOf({ packages: ['a+(b)'] }).includes('a+(b)')).toBe(true)
  for (const odd of [undefined, null, 'packages/*', 7, [1, null], { packages: 'a' }]) {
    expect(workspacesOf(odd).includes('packages/a')).toBe(false)
  }
})

test('they are looked for no further than the globs reach, and never outside', () => {
  const globs = ['packages/*', './tools/', 'a?/*/c', 'deep/**', '!packages/not', '../out/*', '/etc']
  expect(workspacesOf(globs).starts).toEqual([
    { path: 'packages', depth: 1 },
    { path: 'tools', depth: 0 },
    { path: '', depth: 3 },
    { path: 'deep', depth: 10 },
    { path: 'etc', depth: 0 },
  ])
})
