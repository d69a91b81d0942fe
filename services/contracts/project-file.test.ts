import { execFileSync } from 'node:child_process'
import { symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryProject } from '../../test/fixtures/project.ts'
import { readProjectFile } from './project-file.ts'

const maxBytes = 100

test('a file is read as text, without its byte order mark', async () => {
  const directory = await temporaryProject({ file: '\uFEFF{}' })
  expect(await readProjectFile(join(directory, 'file'), { maxBytes })).toEqual({
    status: 'read',
    text: '{}',
  })
})

test('a file of the largest size is read, and one byte more is too large', async () => {
  const directory = await temporaryProject({ fits: 'x'.repeat(100), over: 'x'.repeat(101) })
  expect((await readProjectFile(join(directory, 'fits'), { maxBytes })).status).toBe('read')
  expect((await readProjectFile(join(directory, 'over'), { maxBytes })).status).toBe('too-large')
})

test('what is missing, a directory or below a file is told apart from a file', async () => {
  const directory = await temporaryProject({ 'folder/file': '' })
  const status = async (path: string) =>
    (await readProjectFile(join(directory, path), { maxBytes })).status
  expect(await status('none')).toBe('missing')
  expect(await status('folder')).toBe('not-a-file')
  expect(await status('folder/file/below')).toBe('missing')
})

test('a path that no file can have is unreadable', async () => {
  const directory = await temporaryProject({})
  expect(await readProjectFile(join(directory, 'x'.repeat(5000)), { maxBytes })).toEqual({
    status: 'unreadable',
    code: 'ENAMETOOLONG',
  })
  expect((await readProjectFile(`${directory}/a\0b`, { maxBytes })).status).toBe('unreadable')
})

test('a link is followed only when it may be, and a loop never', async () => {
  const directory = await temporaryProject({ file: 'text' })
  await symlink('file', join(directory, 'link'))
  await symlink('loop', join(directory, 'loop'))
  const status = async (path: string, follow: boolean) =>
    (await readProjectFile(join(directory, path), { maxBytes, follow })).status
  expect(await status('link', false)).toBe('link')
  expect(await status('link', true)).toBe('read')
  expect(await status('loop', true)).toBe('link')
})

test.skipIf(process.platform === 'win32')(
  'a named pipe that nobody writes to does not hold up the read',
  async () => {
    const directory = await temporaryProject({})
    execFileSync('mkfifo', [join(directory, 'pipe')])
    const read = await readProjectFile(join(directory, 'pipe'), { maxBytes })
    expect(read.status).toBe('not-a-file')
  },
)

test.skipIf(process.platform !== 'linux')('an endless device is not a file', async () => {
  expect((await readProjectFile('/dev/zero', { maxBytes })).status).toBe('not-a-file')
})
