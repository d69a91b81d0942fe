import { mkdtempSync, existsSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, expect, test } from 'vitest'

import { withLock } from './lock.ts'

let folder: string
let path: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stoa-lock-'))
  path = join(folder, 'some.lock')
})

afterEach(() => {
  rmSync(folder, { recursive: true })
})

test('what holds the lock runs alone, and the next one after it', async () => {
  const order: string[] = []
  const first = withLock(path, async () => {
    order.push('first begins')
    await new Promise((resolve) => setImmediate(resolve))
    order.push('first ends')
  })
  const second = withLock(path, async () => order.push('second'))
  await Promise.all([first, second])
  expect(order).toEqual(['first begins', 'first ends', 'second'])
})

test('a lock is given back when what it was held for fails', async () => {
  await expect(withLock(path, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
  expect(existsSync(path)).toBe(false)
})

test('a lock whose holder has died is taken over', async () => {
  // No process has this id: ids end at four million.
  writeFileSync(path, '5000000\n')
  expect(await withLock(path, async () => 'mine')).toBe('mine')
})
