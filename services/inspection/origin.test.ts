import { expect, test } from 'vitest'
import { refOf, sha512 } from '../../test/fixtures/review.ts'
import { originOf } from './origin.ts'

test.each([
  ['https://registry.npmjs.org/left/-/left-1.0.0.tgz', 'registry'],
  ['https://registry.yarnpkg.com/left/-/left-1.0.0.tgz#abc', 'registry'],
  ['https://npm.pkg.github.com/download/@scope/left/1.0.0/abc', 'registry'],
  ['https://artifacts.example/api/npm/npm/left/-/left-1.0.0.tgz', 'registry'],
  ['http://localhost:4873/@scope/left/-/left-1.0.0.tgz', 'registry'],
  ['https://example.org/left-1.0.0.tgz', 'http'],
  ['http://example.org/left.tgz', 'http'],
  ['https://codeload.github.com/a/left/tar.gz/abc', 'http'],
  ['https://example.org/x?file=/-/left.tgz', 'http'],
  ['git+ssh://git@github.com/a/left.git#abc', 'git'],
  ['git+https://github.com/a/left.git', 'git'],
  ['git://github.com/a/left.git', 'git'],
  ['git@github.com:a/left.git', 'git'],
  ['ssh://git@example.org/left', 'git'],
  ['github:a/left#abc', 'git'],
  ['https://github.com/a/left.git#abc', 'git'],
  ['file:vendor/left.tgz', 'file'],
  ['file:../left', 'file'],
  ['vendor/left', 'file'],
  ['weird:left', 'unknown'],
  ['https://', 'http'],
])('%s is from %s', (resolved, origin) => {
  expect(originOf(refOf('/', { resolved }))).toBe(origin)
})

test('a link is a link wherever it leads', () => {
  expect(originOf(refOf('/', { link: true, resolved: 'https://registry.npmjs.org' }))).toBe('link')
})

test('npm fetches by name and version from the registry what the lock gives an integrity only', () => {
  expect(originOf(refOf('/', { integrity: sha512 }))).toBe('registry')
  expect(originOf(refOf('/', { integrity: null }))).toBe('unknown')
  expect(originOf(refOf('/', { version: '' }))).toBe('unknown')
  expect(originOf(refOf('/', { bundled: true }))).toBe('unknown')
})

test('a folder of the project is a file', () => {
  expect(originOf(refOf('/', { path: 'packages/a', integrity: null }))).toBe('file')
})
