import { describe, expect, test } from 'vitest'
import { createCodec, decodeOurs, memorySchemaStore, type SchemaStore } from './codec.ts'
import { EncodedEntry, entryBytes, readEntry } from './entry-bytes.ts'
import { schemaText } from './avro.ts'
import type { CheckpointPart, Commit, Entry, EntryBody, Failure, MessageBody } from './records.ts'

const bytes = (text: string) => Buffer.from(text)
const failure: Failure = { name: 'Error', code: 'E', message: 'm', details: '{"a":1}' }
const parent = { definition: 'review', partition: 3, runId: 'r0', index: 7 }

const bodies: readonly EntryBody[] = [
  {
    type: 'RunStarted',
    messageId: 'm1',
    version: '1',
    input: bytes('{}'),
    parent,
    root: 'r0',
    traceparent: '00-ab',
  },
  {
    type: 'RunStarted',
    messageId: 'm1',
    version: '1',
    input: bytes('{}'),
    parent: null,
    root: 'r1',
    traceparent: null,
  },
  { type: 'RunContinued', index: 4, input: bytes('1') },
  { type: 'StepCompleted', index: 0, name: 'fetch', attempt: 1, output: bytes('"ü"') },
  { type: 'StepFailed', index: 1, name: 'fetch', attempt: 2, error: failure, retryAt: null },
  { type: 'StepFailed', index: 1, name: 'fetch', attempt: 2, error: failure, retryAt: 2 ** 41 },
  { type: 'TimerSet', index: 2, name: 'sleep', dueAt: 2 ** 41 },
  { type: 'TimerFired', index: 2 },
  { type: 'WaitStarted', index: 3, name: 'approval', dueAt: null },
  { type: 'SignalReceived', messageId: 'm2', name: 'approval', payload: bytes('true') },
  {
    type: 'CallRequested',
    index: 4,
    name: 'inspection',
    runId: 'r2',
    input: bytes('{}'),
    detached: false,
    key: 'k',
  },
  { type: 'CallCompleted', index: 4, outcome: { status: 'completed', output: bytes('1') } },
  { type: 'CallCompleted', index: 4, outcome: { status: 'failed', error: failure } },
  { type: 'CallCompleted', index: 4, outcome: { status: 'cancelled', error: failure } },
  { type: 'CallCancelled', index: 5, name: 'inspection', call: 4 },
  { type: 'CancelRequested', messageId: 'm3', reason: 'stop' },
  { type: 'Published', index: 6, name: 'risk.entries', key: 'k', payload: bytes('{}') },
  { type: 'RunCompleted', output: bytes('{}') },
  { type: 'RunFailed', error: failure },
  { type: 'RunCancelled', error: { ...failure, details: null } },
  { type: 'RunParked', error: failure },
  { type: 'RunResumed', messageId: 'm4' },
]
const entries = bodies.map((body, index): Entry => ({
  runId: 'r1',
  seq: index + 1,
  at: 1_700_000_000_000,
  body,
}))
const checkpoint: readonly CheckpointPart[] = [
  { type: 'CheckpointBegun', forgetBefore: 12 },
  { type: 'RunSnapshot', runId: 'r1', part: 0, parts: 2, state: bytes('state') },
  { type: 'CheckpointEnded', begun: 40n },
]
const commit: Commit = {
  epoch: 9_007_199_254_740_000n,
  inboxTaken: -1n,
  outboxConfirmed: { offset: 17n, index: 3 },
  fence: null,
  checkpoint,
  entries,
}

describe('codec', () => {
  test('a commit with every kind of entry and checkpoint part comes back equal, as plain values', async () => {
    const { commit: codec } = await createCodec(memorySchemaStore())
    expect(codec.decode(codec.encode(commit))).toEqual(commit)
  })

  test('a fence comes back equal', async () => {
    const { commit: codec } = await createCodec(memorySchemaStore())
    const fence: Commit = {
      epoch: -1n,
      inboxTaken: -1n,
      outboxConfirmed: { offset: -1n, index: -1 },
      fence: { incarnation: 'i', nonce: 'n', at: 5 },
      checkpoint: [],
      entries: [],
    }
    expect(codec.decode(codec.encode(fence))).toEqual(fence)
  })

  test.each<MessageBody>([
    { type: 'Start', version: null, input: bytes('{}'), parent: null, root: 'r1' },
    { type: 'Start', version: '2', input: bytes('{}'), parent, root: 'r0' },
    { type: 'Signal', name: 's', payload: bytes('1') },
    { type: 'Reply', index: 1, outcome: { status: 'failed', error: failure } },
    { type: 'Cancel', reason: 'why' },
    { type: 'Attach' },
    { type: 'Resume' },
  ])('a message $type comes back equal', async (body) => {
    const { message: codec } = await createCodec(memorySchemaStore())
    const message = { id: 'm', runId: 'r1', body }
    expect(codec.decode(codec.encode(message))).toEqual(message)
  })

  test('a result and a dead letter come back equal', async () => {
    const codec = await createCodec(memorySchemaStore())
    const result = {
      runId: 'r',
      endedAt: 5,
      outcome: { status: 'completed', output: bytes('1') },
    } as const
    const letter = {
      topic: 't',
      partition: 1,
      offset: 5n,
      at: 9,
      code: 'MESSAGE_UNREADABLE',
      cause: 'c',
      key: null,
      value: bytes('v'),
    }
    expect(codec.result.decode(codec.result.encode(result))).toEqual(result)
    expect(codec.deadLetter.decode(codec.deadLetter.encode(letter))).toEqual(letter)
  })

  test('a payload may be any Uint8Array, and a decoded one is a copy', async () => {
    const { result: codec } = await createCodec(memorySchemaStore())
    const output = new Uint8Array([9, 1, 2, 3]).subarray(1)
    const encoded = codec.encode({
      runId: 'r',
      endedAt: 5,
      outcome: { status: 'completed', output },
    })
    const decoded = await codec.decode(new Uint8Array(encoded))
    encoded.fill(0)
    expect(decoded.outcome).toEqual({ status: 'completed', output: Buffer.from([1, 2, 3]) })
  })

  test('a record larger than anything before is encoded whole', async () => {
    const { result: codec } = await createCodec(memorySchemaStore())
    const output = Buffer.alloc(900_000, 7)
    const result = { runId: 'r', endedAt: 5, outcome: { status: 'completed', output } } as const
    expect(codec.decode(codec.encode(result))).toEqual(result)
  })

  test('the header is a zero byte and the id that the store gave', async () => {
    const store = memorySchemaStore()
    const codec = await createCodec(store)
    const id = await store.register('stoa.Message', schemaText('Message'))
    const encoded = codec.message.encode({ id: 'm', runId: 'r', body: { type: 'Attach' } })
    expect([encoded[0], encoded.readInt32BE(1)]).toEqual([0, id])
  })

  test.each([
    ['nothing', (_: Buffer) => Buffer.alloc(0)],
    ['another magic byte', (good: Buffer) => Buffer.concat([Buffer.from([1]), good.subarray(1)])],
    ['a number in eight bytes', (_: Buffer) => Buffer.from([0, 0, 0, 0, 0, 0, 0, 42])],
  ])('%s is foreign', async (_, spoil) => {
    const { message: codec } = await createCodec(memorySchemaStore())
    const good = codec.encode({ id: 'm', runId: 'r', body: { type: 'Attach' } })
    expect(() => codec.decode(spoil(good))).toThrow(
      expect.objectContaining({ name: 'LogError', code: 'RECORD_FOREIGN' }),
    )
  })

  test.each([
    ['a record cut short', (good: Buffer) => good.subarray(0, -1)],
    ['bytes after the record', (good: Buffer) => Buffer.concat([good, Buffer.from([0])])],
    [
      'a union branch that does not exist',
      (good: Buffer) => Buffer.concat([good.subarray(0, -1), Buffer.from([99])]),
    ],
  ])('%s is unreadable', async (_, spoil) => {
    const { message: codec } = await createCodec(memorySchemaStore())
    const good = codec.encode({ id: 'm', runId: 'r', body: { type: 'Attach' } })
    expect(() => codec.decode(spoil(good))).toThrow(
      expect.objectContaining({ name: 'LogError', code: 'MESSAGE_UNREADABLE' }),
    )
  })

  test('a record of another kind is foreign, each time', async () => {
    const codec = await createCodec(memorySchemaStore())
    const result = {
      runId: 'r',
      endedAt: 5,
      outcome: { status: 'failed', error: failure },
    } as const
    for (const _ of [1, 2]) {
      await expect(async () =>
        codec.message.decode(codec.result.encode(result)),
      ).rejects.toMatchObject({ code: 'RECORD_FOREIGN' })
    }
  })

  test('a record of a schema that is not of Avro is foreign', async () => {
    const store = memorySchemaStore()
    const { message: codec } = await createCodec(store)
    const bytes = codec.encode({ id: 'm', runId: 'r', body: { type: 'Attach' } })
    bytes.writeInt32BE(await store.register('other', 'syntax = "proto3";'), 1)
    await expect(codec.decode(bytes)).rejects.toMatchObject({ code: 'RECORD_FOREIGN' })
  })

  test('of what is not ours nothing is said, and what cannot be read is an error still', async () => {
    const { message: codec } = await createCodec(memorySchemaStore())
    const message = { id: 'm', runId: 'r', body: { type: 'Attach' } } as const
    const good = codec.encode(message)
    expect(await decodeOurs(codec, good)).toEqual(message)
    expect(await decodeOurs(codec, null)).toBeUndefined()
    expect(await decodeOurs(codec, Buffer.from('text'))).toBeUndefined()
    expect(() => decodeOurs(codec, good.subarray(0, -1))).toThrow(
      expect.objectContaining({ code: 'MESSAGE_UNREADABLE' }),
    )
  })

  test('an id that the store does not know is an error, and is asked for again later', async () => {
    const store = memorySchemaStore()
    const { message: codec } = await createCodec(store)
    const bytes = codec.encode({ id: 'm', runId: 'r', body: { type: 'Attach' } })
    bytes.writeInt32BE(5, 1)
    await expect(codec.decode(bytes)).rejects.toMatchObject({ code: 'CODEC_UNKNOWN_SCHEMA' })

    expect(await store.register('stoa.Message', `${schemaText('Message')} `)).toBe(5)
    expect(await codec.decode(bytes)).toEqual({ id: 'm', runId: 'r', body: { type: 'Attach' } })
  })

  test('what an older schema wrote is read with the defaults of the new one, its schema fetched once', async () => {
    const older = {
      type: 'record',
      name: 'Message',
      namespace: 'stoa',
      fields: [
        { name: 'dropped', type: 'bytes' },
        { name: 'id', type: 'string' },
        { name: 'runId', type: 'string' },
        {
          name: 'body',
          type: [
            {
              type: 'record',
              name: 'Start',
              fields: [
                { name: 'root', type: 'string' },
                { name: 'input', type: 'bytes' },
              ],
            },
          ],
        },
      ],
    }
    const memory = memorySchemaStore()
    let fetches = 0
    const store: SchemaStore = {
      register: memory.register,
      fetch: (id) => {
        fetches += 1
        return memory.fetch(id)
      },
    }
    const { message: codec } = await createCodec(store)
    const id = await store.register('stoa.Message', JSON.stringify(older))
    const text = (value: string) => Buffer.concat([Buffer.from([2 * value.length]), bytes(value)])
    const encoded = Buffer.concat([
      Buffer.from([0, 0, 0, 0, id]),
      text('gone'),
      text('m'),
      text('r'),
      Buffer.from([0]),
      text('root'),
      text('{}'),
    ])
    const expected = {
      id: 'm',
      runId: 'r',
      body: { type: 'Start', version: null, input: bytes('{}'), parent: null, root: 'root' },
    }
    expect(await Promise.all([codec.decode(encoded), codec.decode(encoded)])).toEqual([
      expected,
      expected,
    ])
    expect(codec.decode(encoded)).toEqual(expected)
    expect(fetches).toBe(1)
  })
})

describe('entry bytes', () => {
  const encoded = ({ runId, seq, at, body }: Entry) => new EncodedEntry(runId, seq, at, body)

  test('entries follow each other in a buffer and come back equal', () => {
    const buffer = Buffer.concat(entries.map(entryBytes))
    const read: Entry[] = []
    for (let position = 0; position < buffer.length;) {
      const next = readEntry(buffer, position)
      read.push(next.entry)
      position = next.position
    }
    expect(read).toEqual(entries)
  })

  test('an encoded entry is written once, whatever its size', () => {
    for (const size of [0, 100, 60_000, 70_000, 300_000]) {
      const body = { type: 'RunContinued', index: 1, input: Buffer.alloc(size, 7) } as const
      const entry: Entry = { runId: 'r', seq: 1, at: 1, body }
      const once = encoded(entry)
      expect(entryBytes(once).byteOffset).toBe(entryBytes(once).byteOffset)
      expect(entryBytes(once)).toEqual(entryBytes(entry))
      expect(readEntry(entryBytes(once), 0)).toEqual({ entry, position: entryBytes(entry).length })
    }
  })

  test('an entry cut short is an error', () => {
    const bytes = entryBytes({ runId: 'r', seq: 1, at: 1, body: { type: 'TimerFired', index: 1 } })
    expect(() => readEntry(bytes.subarray(0, -1), 0)).toThrow(RangeError)
  })

  test('a commit holds any number of them, as its schema says', async () => {
    const codec = await createCodec(memorySchemaStore())
    for (const count of [0, 1, 63, 64, 8_191, 8_192]) {
      const many = Array.from({ length: count }, (_, seq): Entry => {
        return { runId: 'r', seq, at: 1, body: { type: 'TimerFired', index: 1 } }
      })
      const bytes = codec.commit.encode({ ...commit, entries: many.map(encoded) })
      expect(codec.commit.decode(bytes)).toEqual({ ...commit, entries: many })
    }
  })
})
