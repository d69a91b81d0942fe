/** Where a reader's schema cannot read what a writer's schema wrote, field by field. */

import avro from 'avsc'

/** Sentences that each name a field; none when everything written can be read. */
export function incompatibilities(reader: avro.Type, writer: avro.Type): string[] {
  return compare(reader, writer, reader.name ?? 'the schema', new Set())
}

function compare(reader: avro.Type, writer: avro.Type, at: string, seen: Set<string>): string[] {
  if (isUnion(writer)) {
    return writer.types.flatMap((branch) => compare(reader, branch, at, seen))
  }
  if (isUnion(reader)) return compareBranch(reader.types, writer, at, seen)
  if (reader instanceof avro.types.ArrayType && writer instanceof avro.types.ArrayType) {
    return compare(reader.itemsType, writer.itemsType, at, seen)
  }
  if (reader instanceof avro.types.RecordType && writer instanceof avro.types.RecordType) {
    return compareFields(reader, writer, seen)
  }
  try {
    reader.createResolver(writer)
    return []
  } catch {
    return [`${at}: cannot read ${String(writer)} as ${String(reader)}`]
  }
}

function isUnion(
  type: avro.Type,
): type is avro.types.WrappedUnionType | avro.types.UnwrappedUnionType {
  return avro.Type.isType(type, 'union')
}

/** A writer's branch needs one branch of the reader: for a record, the one of its name. */
function compareBranch(
  candidates: readonly avro.Type[],
  writer: avro.Type,
  at: string,
  seen: Set<string>,
): string[] {
  const results = candidates
    .filter((candidate) => writer.name === undefined || candidate.name === writer.name)
    .map((candidate) => compare(candidate, writer, at, seen))
  if (results.some((result) => result.length === 0)) return []
  return results[0] ?? [`${at}: no branch reads ${writer.name ?? String(writer)}`]
}

function compareFields(
  reader: avro.types.RecordType,
  writer: avro.types.RecordType,
  seen: Set<string>,
): string[] {
  const name = reader.name ?? ''
  if (seen.has(name)) return []
  seen.add(name)
  return reader.fields.flatMap((field) => {
    const written = writer.fields.find((other) => other.name === field.name)
    if (written !== undefined) {
      return compare(field.type, written.type, `${name}.${field.name}`, seen)
    }
    const hasDefault = field.defaultValue() !== undefined
    return hasDefault ? [] : [`${name}.${field.name} is new and has no default`]
  })
}
