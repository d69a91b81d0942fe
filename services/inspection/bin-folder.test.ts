import { symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryProject } from '../../test/fixtures/project.ts'
import { refOf } from '../../test/fixtures/review.ts'
import { inspectPackage } from './inspect-package.ts'

async function binsOf(manifest: unknown, files: Record<string, string> = {}): Promise<string[]> {
  const named = Object.entries(files).map(
    ([path, text]) => [`node_modules/left/${path}`, text] as const,
  )
  const directory = await temporaryProject({
    'node_modules/left/package.json': manifest,
    ...Object.fromEntries(named),
  })
  await symlink('/', join(directory, 'node_modules/left/root'))
  const { bin } = await inspectPackage(refOf(directory))
  return bin
}

const files = { 'bin/run': '', 'bin/.hidden': '', 'bin/deep/inner': '', 'bin/also': '' }

test('a folder of commands is listed as npm links them', async () => {
  expect(await binsOf({ directories: { bin: './bin' } }, files)).toEqual(['also', 'run'])
})

test('a bin wins over a folder', async () => {
  expect(await binsOf({ bin: { one: 'x' }, directories: { bin: 'bin' } }, files)).toEqual(['one'])
})

test.each([
  '../..',
  '/',
  'root',
  'root/etc',
  '.',
  'none',
  'bin/run',
  '',
  7,
  'a\0b',
  'x'.repeat(5000),
])('%j is no folder of commands', async (bin) =>
  expect(await binsOf({ directories: { bin } }, files)).toEqual([]),
)
