import { expect, test } from 'vitest'
import { isOwnFolder, linkTarget, nameFromPath } from './lock-path.ts'

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

test.each([
  ['', true],
  ['packages/a', true],
  ['vendor', true],
  ['packages/a/node_modules/b', false],
  ['node_modules/a', false],
  ['../a', false],
  ['a/../../b', false],
  ['a\\..\\..\\b', false],
  ['/a', false],
  ['C:\\a', false],
])('whether %j is a folder of the project: %s', (path, own) => expect(isOwnFolder(path)).toBe(own))
