import { randomUUID } from 'node:crypto'
import { expect, inject, test } from 'vitest'
import { createCodec, registrySchemaStore } from '../../schemas/index.ts'

const host = inject('registryUrl')
const message = { id: 'm1', runId: 'r1', body: { type: 'Cancel', reason: 'why' } } as const

const schemaOf = (name: string, ...fields: readonly string[]) =>
  `{"type":"record","name":"${name}","namespace":"test","fields":[${fields.join()}]}`

function freshName(): string {
  return `Record_${randomUUID().replaceAll('-', '_')}`
}

test('what one process has encoded another decodes, and its own schemas have the same ids', async () => {
  const [one, other] = await Promise.all([
    createCodec(registrySchemaStore({ host })),
    createCodec(registrySchemaStore({ host })),
  ])
  const bytes = one.message.encode(message)
  expect(other.message.decode(bytes)).toEqual(message)
  expect(other.message.encode(message)).toEqual(bytes)
})

test('a schema may gain a field with a default, and is refused one without', async () => {
  const store = registrySchemaStore({ host })
  const name = freshName()
  const a = '{"name":"a","type":"int"}'
  const first = await store.register(name, schemaOf(name, a))
  expect(await store.register(name, schemaOf(name, a))).toBe(first)

  const second = await store.register(
    name,
    schemaOf(name, a, '{"name":"b","type":"int","default":0}'),
  )
  expect(second).not.toBe(first)
  await expect(
    store.register(name, schemaOf(name, a, '{"name":"c","type":"int"}')),
  ).rejects.toMatchObject({ code: 'REGISTRY_REFUSED' })
})

test('the schema of an id comes back with its defaults', async () => {
  const name = freshName()
  const schema = schemaOf(name, '{"name":"a","type":["null","int"],"default":null}')
  const id = await registrySchemaStore({ host }).register(name, schema)
  const fetched: unknown = JSON.parse(await registrySchemaStore({ host }).fetch(id))
  expect(fetched).toMatchObject({
    ...{ name, namespace: 'test' },
    fields: [{ name: 'a', type: ['null', 'int'], default: null }],
  })
})

test('an id that the registry does not know says so', async () => {
  const codec = await createCodec(registrySchemaStore({ host }))
  const bytes = codec.message.encode(message)
  bytes.writeInt32BE(987_654, 1)
  await expect(codec.message.decode(bytes)).rejects.toMatchObject({
    code: 'CODEC_UNKNOWN_SCHEMA',
    message: expect.stringContaining('987654') as string,
  })
})

test('a registry that cannot be reached is named', async () => {
  const store = registrySchemaStore({ host: 'http://127.0.0.1:1', attempts: 2, timeoutMs: 500 })
  await expect(store.fetch(1)).rejects.toMatchObject({ code: 'REGISTRY_UNAVAILABLE' })
  await expect(store.fetch(1)).rejects.toThrow('http://127.0.0.1:1')
})
