import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryProject } from '../../test/fixtures/project.ts'
import { readPayload } from './payload.ts'

test('JSON is read from the argument, or from a file', async () => {
  const directory = await temporaryProject({ 'order.json': { amount: 12 } })
  expect(await readPayload('{"amount": 12}', '/')).toEqual({ amount: 12 })
  expect(await readPayload('@order.json', directory)).toEqual({ amount: 12 })
  expect(await readPayload(`@${join(directory, 'order.json')}`, '/')).toEqual({ amount: 12 })
})

test('nothing is null', async () => {
  expect(await readPayload(undefined, '/')).toBeNull()
})

test('what is not JSON is a mistake in the usage, and says where', async () => {
  const directory = await temporaryProject({ 'order.json': 'amount: 12' })
  await expect(readPayload('hello', '/')).rejects.toMatchObject({ code: 'USAGE' })
  await expect(readPayload('@order.json', directory)).rejects.toThrow(/order\.json is not JSON/)
})

test('a file that is not there is not found', async () => {
  await expect(readPayload('@gone.json', '/nowhere')).rejects.toMatchObject({
    code: 'PAYLOAD_UNREADABLE',
    message: '/nowhere/gone.json cannot be read (ENOENT)',
  })
})
