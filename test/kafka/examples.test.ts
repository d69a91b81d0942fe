/** Each example as a program: topics created by the command, service and client in one process. */

import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, inject, test } from 'vitest'

const run = promisify(execFile)
const root = join(import.meta.dirname, '../..')

test.each<[string, string]>([
  ['01-durable-workflow', "approvedBy: 'ada'"],
  ['02-orchestrator-worker', "reason: 'late'"],
  ['03-saga-with-cancellation', 'was cancelled: the release was called off'],
  ['04-long-loop', "stoppedBy: 'ada'"],
])('%s runs on a broker, and ends by itself', async (name, expected) => {
  const env = {
    ...process.env,
    KAFKA_BROKERS: inject('brokers'),
    SCHEMA_REGISTRY_URL: inject('registryUrl'),
    STOA_LOG_LEVEL: 'warn',
  }
  const file = `examples/${name}.ts`
  const topics = ['cli/main.ts', 'topics', 'apply', file, '--development', '--partitions', '2']
  await run(process.execPath, topics, { cwd: root, env })
  const { stdout, stderr } = await run(process.execPath, [file], { cwd: root, env })
  expect(stdout).toContain(expected)
  expect(stderr).toBe('')
})
