/** The little of Avro that the codec needs, with types: this folder's schemas, and tagged unions. */

import { readFileSync } from 'node:fs'
import avro from 'avsc'

export type RecordName = 'Commit' | 'Message' | 'Result' | 'DeadLetter'

/** Also what is written into a record and never by itself. */
export type SchemaName = RecordName | 'RunState'

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

/** A member of a union of records as avsc has it. */
export interface Wrapped<U> {
  unwrap(): U
}

/** Wraps the members of a union of records, each by its `type`. */
export type Wrap<U extends Tagged> = (value: U) => Wrapped<U>

interface Tagged {
  readonly type: string
}

interface Branch<U> {
  wrap(value: U): Wrapped<U>
}

const texts: Readonly<Record<SchemaName, string>> = {
  Commit: textOf('commit'),
  Message: textOf('message'),
  Result: textOf('result'),
  DeadLetter: textOf('dead-letter'),
  RunState: textOf('run-state'),
}

/**
 * Of a schema as it is registered, without insignificant white space. Read when the program is loaded:
 * what stands in the file later may belong to another program.
 */
function textOf(file: string): string {
  const text = readFileSync(new URL(`${file}.avsc`, import.meta.url), 'utf8')
  return JSON.stringify(JSON.parse(text))
}

/** The schema as it is registered. */
export function schemaText(name: SchemaName): string {
  return texts[name]
}

const ownTypes = new Map<SchemaName, avro.Type>()

/** The type of this process's own schema: compiled once, and only when it is needed. */
export function ownType(name: SchemaName): avro.Type {
  const known = ownTypes.get(name)
  if (known !== undefined) return known
  const type = parseSchema(schemaText(name))
  ownTypes.set(name, type)
  return type
}

/**
 * Parses a schema. Unions of several records have wrapped values, all others bare ones; each record
 * of such a union has its name as the field `type`, which takes no bytes.
 */
export function parseSchema(text: string): avro.Type {
  const schema: unknown = JSON.parse(text, (_key, value: unknown) =>
    isUnionOfRecords(value) ? value.map(withTag) : value,
  )
  if (!isRecord(schema)) throw new TypeError('the schema is not that of a record')
  return avro.Type.forSchema(schema, {
    omitRecordMethods: true,
    logicalTypes: { tag: Tag },
    typeHook: (schema, options) => (schema === 'bytes' ? new AnyBytes(options) : undefined),
  })
}

function isRecord(schema: unknown): schema is avro.schema.RecordType {
  return typeof schema === 'object' && schema !== null && 'fields' in schema
}

function isUnionOfRecords(schema: unknown): schema is readonly avro.schema.RecordType[] {
  return Array.isArray(schema) && schema.length > 1 && schema.every(isRecord)
}

function withTag(record: avro.schema.RecordType): avro.schema.RecordType {
  const type = { type: 'null', logicalType: 'tag', tag: record.name } as const
  return { ...record, fields: [{ name: 'type', type, default: null }, ...record.fields] }
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

/** A constant: nothing on the wire, the same text in every value. */
class Tag extends avro.types.LogicalType {
  readonly #tag: string

  constructor(schema: avro.Schema, options: unknown) {
    super(schema, options)
    this.#tag = typeof schema === 'object' && 'tag' in schema ? String(schema.tag) : ''
  }

  protected override _fromValue(): string {
    return this.#tag
  }

  protected override _toValue(value: unknown): null | undefined {
    return value === this.#tag ? null : undefined
  }

  protected override _resolve(): () => string {
    return () => this.#tag
  }
}

/** The members of the union at a path, by their number on the wire, without their namespace. */
export function branchNames(record: RecordName, path: readonly string[]): readonly string[] {
  return namesIn(typeAt(ownType(record), path))
}

function namesIn(union: avro.Type): readonly string[] {
  return branchesOf(union).map(({ name = '' }) => name.slice(name.lastIndexOf('.') + 1))
}

function branchesOf(union: avro.Type): readonly avro.Type[] {
  return union instanceof avro.types.WrappedUnionType ? union.types : []
}

/** The way into a union of records; the way out is the wrapped value's own. */
export function wrapFor<U extends Tagged>(union: avro.Type): Wrap<U> {
  const names = namesIn(union)
  const branches = new Map<string, Branch<U>>()
  branchesOf(union).forEach((type, index) => branches.set(names[index] ?? '', type))
  return (value) => {
    const branch = branches.get(value.type)
    if (branch === undefined) throw new TypeError(`the schema has no ${value.type}`)
    return branch.wrap(value)
  }
}
