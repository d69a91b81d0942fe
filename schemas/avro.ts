/** The little of Avro that the codec needs, with types: this folder's schemas, and tagged unions. */

import { readFileSync } from 'node:fs'
import avro from 'avsc'

export type RecordName = 'Commit' | 'Message' | 'Result' | 'DeadLetter'

/** How the bytes of a writer's schema become the reader's value. */
export type Resolver = ReturnType<avro.Type['createResolver']>

/** An Avro type whose values look like `W`. */
export interface AvroType<W> {
  /** The new position, or a negative number (of the bytes missing) when the value does not fit. */
  encode(value: W, buffer: Buffer, position: number): number
  /** The offset is negative when the bytes end too early. */
  decode(buffer: Buffer, position: number, resolver?: Resolver): { value: W; offset: number }
  createResolver(writer: avro.Type): Resolver
  /** Whether both write the same bytes. */
  equals(type: avro.Type): boolean
}

/** A member of a union of records as avsc has it: one property, named for the branch. */
export type Wrapped = Readonly<Record<string, object>>

/** Between a union discriminated by `type` and the wrapped form. */
export interface Tagging<U extends Tagged> {
  wrap(value: U): Wrapped
  unwrap(wrapped: Wrapped): U
}

interface Tagged {
  readonly type: string
}

interface Branch {
  wrap(value: Tagged): Wrapped
}

const files: Readonly<Record<RecordName, string>> = {
  Commit: 'commit.avsc',
  Message: 'message.avsc',
  Result: 'result.avsc',
  DeadLetter: 'dead-letter.avsc',
}

/** The schema as it is registered: JSON text without insignificant white space. */
export function schemaText(name: RecordName): string {
  return JSON.stringify(JSON.parse(readFileSync(new URL(files[name], import.meta.url), 'utf8')))
}

/** Parses a schema; unions of several records have wrapped values, all others bare ones. */
export function parseSchema(text: string): avro.Type {
  const schema: unknown = JSON.parse(text)
  if (!isRecordSchema(schema)) throw new TypeError('the schema is not that of a record')
  return avro.Type.forSchema(schema, {
    omitRecordMethods: true,
    typeHook: (schema, options) => (schema === 'bytes' ? new AnyBytes(options) : undefined),
  })
}

function isRecordSchema(schema: unknown): schema is avro.schema.RecordType {
  return typeof schema === 'object' && schema !== null && 'fields' in schema
}

/** The type at a path of field names; arrays on the way are stepped into. */
export function typeAt(record: avro.Type, path: readonly string[]): avro.Type {
  let type = record
  for (const name of path) {
    const field = type instanceof avro.types.RecordType ? type.field(name) : undefined
    if (field === undefined) throw new Error(`schema ${record.name ?? ''} has no ${path.join('.')}`)
    type = field.type instanceof avro.types.ArrayType ? field.type.itemsType : field.type
  }
  return type
}

/** `bytes` written from any `Uint8Array`; avsc by itself takes only a `Buffer`. */
class AnyBytes extends avro.types.LogicalType {
  constructor(options: unknown) {
    super({ type: 'bytes', logicalType: 'any-bytes' }, options)
  }

  protected override _fromValue(value: Buffer): Buffer {
    return value
  }

  protected override _toValue(value: unknown): Buffer | undefined {
    if (Buffer.isBuffer(value)) return value
    if (!(value instanceof Uint8Array)) return undefined
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength)
  }

  protected override _resolve(writer: avro.Type): ((value: Buffer) => Buffer) | undefined {
    return avro.Type.isType(writer, 'bytes', 'logical:any-bytes') ? (value) => value : undefined
  }
}

/** Between the members of a union of records and their wrapped form. */
export function tagging<U extends Tagged>(union: avro.Type): Tagging<U> {
  const branches = new Map<string, avro.Type>()
  // The tags are looked up, not cut out of the branch's name: a cut would be a string per value.
  const tags = new Map<string, string>()
  for (const type of union instanceof avro.types.WrappedUnionType ? union.types : []) {
    const name = type.name ?? ''
    const tag = name.slice(name.lastIndexOf('.') + 1)
    branches.set(tag, type)
    tags.set(name, tag)
  }

  return {
    wrap: (value) => {
      const branch: Branch | undefined = branches.get(value.type)
      if (branch === undefined) throw new TypeError(`the schema has no ${value.type}`)
      return branch.wrap(value)
    },
    unwrap: (wrapped) => {
      for (const name in wrapped) {
        // The one assertion of the codec: avsc has read the fields by the schema.
        return { type: tags.get(name), ...wrapped[name] } as unknown as U
      }
      throw new TypeError('a member of a union has no branch')
    },
  }
}
