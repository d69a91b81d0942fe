import { once } from 'node:events'
import { createServer } from 'node:net'
import { expect, test } from 'vitest'
import { temporaryProject } from '../../test/fixtures/project.ts'
import { keptPorts } from './ports.ts'

test('a directory has the same ports again, unless somebody else has taken one', async () => {
  const directory = await temporaryProject({})
  const ports = await keptPorts(directory, 2)
  expect(new Set(ports).size).toBe(2)
  expect(await keptPorts(directory, 2)).toEqual(ports)

  const other = createServer().listen({ port: ports[1], host: '127.0.0.1' })
  await once(other, 'listening')
  const others = await keptPorts(directory, 2)
  expect(others).not.toContain(ports[1])
  other.close()
  await once(other, 'close')
  expect(await keptPorts(directory, 2)).toEqual(others)
})

test('a note that cannot be read is none', async () => {
  const directory = await temporaryProject({ 'ports.json': '[1, ' })
  expect(await keptPorts(directory, 3)).toHaveLength(3)
})
