/**
 * Records to bytes and back, in the schema registry's wire format: a zero byte, the id of the
 * writer's schema in four bytes, Avro.
 *
 * 1. What has been decoded is read by this process's schemas, whatever the writer's: a resolver per
 *    writer id, made once.
 * 2. Decoding never yields a guess: other bytes than a whole record are a LogError.
 * 3. Payloads are copies, so that keeping one does not keep the fetch it came with. What is skimmed
 *    is not to be kept.
 */

import { setImmediate as turn } from 'node:timers/promises'
import { z } from 'zod'
import { LogError } from '../runtime/errors.ts'
import { parseSchema, type RecordName, type Resolver, schemaText } from './avro.ts'
import { CommitReader } from './commit-reader.ts'
import { withEntries } from './entry-bytes.ts'
import type { Commit, DeadLetter, Message, Result } from './records.ts'
import { commitForm, deadLetterForm, messageForm, resultForm, type WireForm } from './wire.ts'

/** Where schemas are known by an id. */
export interface SchemaStore {
  /** Returns the schema's id, the same each time. */
  register(subject: string, schema: string): Promise<number>
  /** @throws LogError CODEC_UNKNOWN_SCHEMA */
  fetch(id: number): Promise<string>
}

export interface RecordDecoder<T> {
  /**
   * Synchronous unless the id of the writer's schema is met for the first time.
   * @throws LogError RECORD_FOREIGN when nobody can have meant the bytes to be such a record
   * @throws LogError MESSAGE_UNREADABLE when they cannot be read as one
   * @throws LogError CODEC_UNKNOWN_SCHEMA when the store does not know the writer's schema
   */
  decode(bytes: Uint8Array): T | Promise<T>
}

export interface RecordCodec<T> extends RecordDecoder<T> {
  encode(value: T): Buffer
}

export interface Codec {
  readonly commit: RecordCodec<Commit>
  /** Commits for those who fold them and keep nothing: they share memory with their bytes. */
  readonly skimmedCommit: RecordDecoder<Commit>
  readonly message: RecordCodec<Message>
  readonly result: RecordCodec<Result>
  readonly deadLetter: RecordCodec<DeadLetter>
}

const headerBytes = 5

const Named = z.object({ name: z.string(), namespace: z.string().optional() })

/** Registers the schemas, each under its subject `stoa.<record>`, and makes their codecs. */
export async function createCodec(store: SchemaStore): Promise<Codec> {
  const [commit, message, result, deadLetter] = await Promise.all([
    recordCodec('Commit', commitForm, store),
    recordCodec('Message', messageForm, store),
    recordCodec('Result', resultForm, store),
    recordCodec('DeadLetter', deadLetterForm, store),
  ])
  const encodeCommit = (value: Commit) =>
    withEntries(commit.encode({ ...value, entries: [] }), value.entries)
  const reader = new CommitReader()
  return {
    commit: { ...commit, encode: encodeCommit },
    skimmedCommit: commit.readingOwn((buffer) => reader.skim(buffer, headerBytes)),
    ...{ message, result, deadLetter },
  }
}

/**
 * What a record says; undefined when it is not ours, as one without a value is not.
 * @throws LogError as `decode`, but for RECORD_FOREIGN
 */
export function decodeOurs<T>(
  codec: RecordDecoder<T>,
  value: Uint8Array | null,
): T | undefined | Promise<T | undefined> {
  if (value === null) return undefined
  try {
    const decoded = codec.decode(value)
    return decoded instanceof Promise ? decoded.catch(undefinedIfForeign) : decoded
  } catch (error) {
    undefinedIfForeign(error)
    return undefined
  }
}

function undefinedIfForeign(error: unknown): undefined {
  if (!(error instanceof LogError) || error.code !== 'RECORD_FOREIGN') throw error
}

/** A store for tests and simulation, as a registry behaves: the same schema has the same id. */
export function memorySchemaStore(): SchemaStore {
  const schemas: string[] = []
  return {
    register(_subject, schema) {
      const known = schemas.indexOf(schema)
      return Promise.resolve(known >= 0 ? known + 1 : schemas.push(schema))
    },
    fetch(id) {
      const schema = schemas[id - 1]
      return schema === undefined ? Promise.reject(unknownSchema(id)) : Promise.resolve(schema)
    },
  }
}

/** The error of a store that has no schema of this id. */
export function unknownSchema(id: number, cause?: unknown): LogError {
  return new LogError(
    `the schema registry has no schema ${String(id)}: it is another registry, or has lost its schemas`,
    { code: 'CODEC_UNKNOWN_SCHEMA', cause },
  )
}

/** Reads what was written with this process's own schema. */
type OwnReader<T> = (buffer: Buffer) => T

interface FormCodec<T> extends RecordCodec<T> {
  /** Another way to read, where the schema is this process's own. */
  readingOwn(readOwn: OwnReader<T>): RecordDecoder<T>
}

async function recordCodec<T, W>(
  name: RecordName,
  formOf: () => WireForm<T, W>,
  store: SchemaStore,
): Promise<FormCodec<T>> {
  const [ownId, form] = await Promise.all([
    store.register(`stoa.${name}`, schemaText(name)),
    // Compiled while the store answers, where it is reached within this turn.
    turn().then(formOf),
  ])
  /** By the id of the writer's schema; null when it is that of another record. */
  const resolvers = new Map<number, Resolver | undefined | null>([[ownId, undefined]])
  const fetches = new Map<number, Promise<void>>()
  let scratch = Buffer.allocUnsafe(1 << 16)

  function read(buffer: Buffer, id: number, readOwn?: OwnReader<T>): T {
    const resolver = resolvers.get(id)
    if (resolver === null) throw foreign(name)
    try {
      if (resolver === undefined && readOwn !== undefined) return readOwn(buffer)
      const { value, offset } = form.type.decode(buffer, headerBytes, resolver)
      if (offset === buffer.length) return form.fromWire(value)
    } catch (cause) {
      throw unreadable(name, cause)
    }
    throw unreadable(name)
  }

  /** Learns to read what was written with another schema. */
  async function learn(id: number): Promise<void> {
    const schema = await store.fetch(id)
    if (recordNameOf(schema) !== recordNameOf(schemaText(name))) {
      resolvers.set(id, null)
      return
    }
    try {
      const writer = parseSchema(schema)
      resolvers.set(id, form.type.equals(writer) ? undefined : form.type.createResolver(writer))
    } catch (cause) {
      throw unreadable(name, cause)
    }
  }

  function learnOnce(id: number): Promise<void> {
    const underWay = fetches.get(id)
    if (underWay !== undefined) return underWay
    const fetch = learn(id).finally(() => fetches.delete(id))
    fetches.set(id, fetch)
    return fetch
  }

  function readingOwn(readOwn?: OwnReader<T>): RecordDecoder<T> {
    return {
      decode(bytes) {
        const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
        if (buffer.length < headerBytes || buffer[0] !== 0) throw foreign(name)
        const id = buffer.readInt32BE(1)
        // Ids of a registry begin at 1; numbers of others often begin with zeros.
        if (id < 1) throw foreign(name)
        if (resolvers.has(id)) return read(buffer, id, readOwn)
        return learnOnce(id).then(() => read(buffer, id, readOwn))
      },
    }
  }

  return {
    encode(value) {
      const wire = form.toWire(value)
      let end = form.type.encode(wire, scratch, headerBytes)
      if (end < 0) {
        scratch = Buffer.allocUnsafe(2 * (scratch.length - end))
        end = form.type.encode(wire, scratch, headerBytes)
      }
      scratch[0] = 0
      scratch.writeInt32BE(ownId, 1)
      return Buffer.from(scratch.subarray(0, end))
    },
    ...readingOwn(),
    readingOwn,
  }
}

/** The full name of the record that a schema of Avro describes; undefined of any other schema. */
function recordNameOf(schema: string): string | undefined {
  try {
    const { name, namespace } = Named.parse(JSON.parse(schema))
    return namespace === undefined ? name : `${namespace}.${name}`
  } catch {
    return undefined
  }
}

function foreign(name: RecordName): LogError {
  return new LogError(`a record is not a ${name} in the registry's wire format`, {
    code: 'RECORD_FOREIGN',
  })
}

function unreadable(name: RecordName, cause?: unknown): LogError {
  return new LogError(`a record says that it is a ${name}, and cannot be read as one`, {
    code: 'MESSAGE_UNREADABLE',
    cause,
  })
}
