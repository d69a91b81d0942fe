/**
 * What is read without avsc is read as avsc reads it: values of every kind that the schemas allow, and
 * bytes that nobody wrote.
 */

import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { parseSchema, schemaText } from './avro.ts'
import { createCodec, memorySchemaStore } from './codec.ts'
import { entryBytes, readEntry } from './entry-bytes.ts'
import type { Commit, Entry, EntryBody } from './records.ts'
import { decodePlainly, decodeRunState } from './run-state-bytes.ts'

const Schema = z.union([
  z.string(),
  z.array(z.unknown()),
  z.object({
    type: z.unknown(),
    name: z.string().default(''),
    fields: z.array(z.object({ name: z.string(), type: z.unknown() })).default([]),
    symbols: z.array(z.string()).default([]),
    items: z.unknown().optional(),
  }),
])

const store = memorySchemaStore()
const codec = await createCodec(store)
const ownId = await store.register('stoa.Commit', schemaText('Commit'))
const commitBytes = bytesOf(schemaText('Commit'), header(ownId))
const stateBytes = bytesOf(
  readFileSync(new URL('run-state.avsc', import.meta.url), 'utf8'),
  Buffer.of(2),
)

test('a commit is skimmed as it is decoded', () => {
  fc.assert(
    fc.property(commitBytes, (bytes) => {
      expect(said(() => skim(bytes))).toEqual(said(() => decode(bytes)))
    }),
  )
})

test('a skimmed entry has its bytes, and is read from them', () => {
  fc.assert(
    fc.property(commitBytes, (bytes) => {
      if (said(() => decode(bytes)) instanceof Error) return
      const written = now(codec.skimmedCommit.decode(bytes)).entries.map(entryBytes)
      const all = Buffer.concat(written)
      expect(bytes.subarray(-1 - all.length, -1)).toEqual(all)
      expect(written.map((entry) => readEntry(entry, 0))).toEqual(
        decode(bytes).entries.map((entry, n) => ({ entry, position: written[n]?.length })),
      )
    }),
  )
})

test('what is cut short is unreadable', () => {
  fc.assert(
    fc.property(commitBytes, fc.nat(), (bytes, at) => {
      const cut = bytes.subarray(0, 5 + (at % (bytes.length - 5)))
      expect(said(() => skim(cut))).toMatchObject({ code: 'MESSAGE_UNREADABLE' })
    }),
  )
})

test('what is spoilt is unreadable, or what avsc makes of it', () => {
  fc.assert(
    fc.property(commitBytes, fc.nat(), fc.nat(255), (bytes, at, byte) => {
      const spoilt = Buffer.from(bytes)
      spoilt[5 + (at % (bytes.length - 5))] = byte
      const read = said(() => skim(spoilt))
      if (read instanceof Error) expect(read).toMatchObject({ code: 'MESSAGE_UNREADABLE' })
      else expect(read).toEqual(decode(spoilt))
    }),
    { numRuns: 1_000 },
  )
})

test('a commit of another schema is skimmed in the plain way', async () => {
  const schema = z.object({ fields: z.array(z.unknown()) }).loose()
  const own = schema.parse(JSON.parse(schemaText('Commit')))
  const fields = [{ name: 'dropped', type: 'string' }, ...own.fields]
  const other = JSON.stringify({ ...own, fields })
  const id = await store.register('stoa.Commit', other)
  await fc.assert(
    fc.asyncProperty(bytesOf(other, header(id)), async (bytes) => {
      const plain = await saidLater(async () => codec.commit.decode(bytes))
      expect(await saidLater(async () => codec.skimmedCommit.decode(bytes))).toEqual(plain)
    }),
  )
})

test('the state of a run is read as avsc reads it, and not when it is cut short', () => {
  fc.assert(
    fc.property(stateBytes, fc.nat(), (bytes, at) => {
      const plain = said(() => decodePlainly(bytes))
      const read = said(() => decodeRunState(bytes))
      if (plain instanceof Error) expect(read).toBeInstanceOf(Error)
      else expect(read).toEqual(plain)
      const cut = bytes.subarray(0, 1 + (at % (bytes.length - 1)))
      expect(() => decodeRunState(cut)).toThrow()
    }),
  )
})

function skim(bytes: Buffer): Commit {
  const commit = now(codec.skimmedCommit.decode(bytes))
  return { ...commit, entries: commit.entries.map(whole) }
}

function decode(bytes: Buffer): Commit {
  return now(codec.commit.decode(bytes))
}

function now<T>(value: T | Promise<T>): T {
  if (value instanceof Promise) throw new Error('the schema is not our own')
  return value
}

/** With what is read only when it is asked for. */
function whole({ runId, seq, at, body }: Entry): Entry {
  return { runId, seq, at, body: wholeBody(body) }
}

function wholeBody(body: EntryBody): EntryBody {
  switch (body.type) {
    case 'StepCompleted': {
      const { type, index, name, attempt, output } = body
      return { type, index, name, attempt, output }
    }
    case 'RunStarted': {
      const { type, messageId, version, input, parent, root, traceparent } = body
      return { type, messageId, version, input, parent, root, traceparent }
    }
    default:
      return body
  }
}

/** What is returned or thrown. */
function said(ask: () => unknown): unknown {
  try {
    return ask()
  } catch (error) {
    return error
  }
}

async function saidLater(ask: () => Promise<unknown>): Promise<unknown> {
  return ask().catch((error: unknown) => error)
}

function header(id: number): Buffer {
  const bytes = Buffer.alloc(5)
  bytes.writeInt32BE(id, 1)
  return bytes
}

/** Bytes of all kinds of values that a schema allows. */
function bytesOf(schema: string, before: Buffer): fc.Arbitrary<Buffer> {
  const type = parseSchema(schema)
  const parsed: unknown = JSON.parse(schema)
  return valuesOf(parsed, new Map()).map((value) => Buffer.concat([before, type.toBuffer(value)]))
}

function valuesOf(
  schema: unknown,
  named: Map<string, fc.Arbitrary<unknown>>,
  isTagged = false,
): fc.Arbitrary<unknown> {
  const parsed = Schema.parse(schema)
  if (typeof parsed === 'string') return named.get(parsed) ?? simple(parsed)
  if (Array.isArray(parsed)) {
    const isOfRecords = !parsed.includes('null')
    return fc.oneof(...parsed.map((member) => valuesOf(member, named, isOfRecords)))
  }
  const { type, name, fields, symbols, items } = parsed
  if (type === 'array') return fc.array(valuesOf(items, named), { maxLength: 4 })
  const values =
    type === 'enum'
      ? fc.constantFrom(...symbols)
      : fc.record(
          Object.fromEntries(fields.map((field) => [field.name, valuesOf(field.type, named)])),
        )
  named.set(name, values)
  return isTagged ? values.map((value) => ({ [`stoa.${name}`]: tagged(value, name) })) : values
}

function tagged(value: unknown, type: string): unknown {
  return typeof value === 'object' ? { type, ...value } : value
}

function simple(type: string): fc.Arbitrary<unknown> {
  switch (type) {
    case 'null':
      return fc.constant(null)
    case 'boolean':
      return fc.boolean()
    case 'int':
      return fc.oneof(fc.nat(70), fc.integer())
    case 'long':
      return fc.oneof(fc.nat(70), fc.integer(), fc.integer({ min: -(2 ** 52), max: 2 ** 53 - 2 }))
    case 'string':
      return fc.oneof(fc.constantFrom('run', 'step'), fc.string({ unit: 'binary', maxLength: 9 }))
    case 'bytes':
      return fc.uint8Array({ maxLength: 80 }).map((bytes) => Buffer.from(bytes))
    default:
      throw new Error(`no values of ${type}`)
  }
}
