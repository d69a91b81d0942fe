import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryProject } from '../../test/fixtures/project.ts'
import { deleteData } from './backend.ts'
import { use } from './users.ts'

test('data that nobody uses is deleted, and what it takes to start anew stays', async () => {
  const directory = await temporaryProject({
    'data/kafka/log': 'x'.repeat(100_000),
    'data/kafka.pid': '0',
    'lib/jar': 'x',
  })
  expect(await deleteData(directory)).toBeGreaterThanOrEqual(100_000)
  expect(existsSync(join(directory, 'data'))).toBe(false)
  expect(readdirSync(directory).sort()).toEqual(['fresh', 'lib'])
  expect(readdirSync(join(directory, 'fresh'))).toEqual([])
  expect(await deleteData(directory)).toBe(0)
})

test('data that is used, or has been opened by a process of this folder, stays', async () => {
  const directory = await temporaryProject({ 'data/kafka/log': 'x' })
  const leave = use(join(directory, 'users'))
  expect(await deleteData(directory)).toBeUndefined()
  leave()
  writeFileSync(join(directory, 'backend.json'), recordOf(process.pid))
  expect(await deleteData(directory)).toBeUndefined()
  expect(existsSync(join(directory, 'data/kafka/log'))).toBe(true)
})

function recordOf(pid: number): string {
  const pids = { broker: pid, registry: pid }
  return JSON.stringify({ kind: 'processes', brokers: 'a:1', registryUrl: 'http://a:2', pids })
}
