/**
 * Whatever was ever written can be read: each schema reads every version before it. A version is a
 * copy of the schema as it was released, `history/<name>.<version>.avsc`; the newest is the present.
 */

import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parseSchema } from './avro.ts'
import { incompatibilities } from './compatibility.ts'

const folder = new URL('./', import.meta.url)
const schemas = readdirSync(folder).filter((file) => file.endsWith('.avsc'))

test.each(schemas)('%s is kept as its newest version', (file) => {
  const newest = versionsOf(file).at(-1)
  const next = file.replace(/\.avsc$/, `.${(newest?.version ?? 0) + 1}.avsc`)
  expect(
    newest !== undefined && canonical(newest.text) === canonical(read(file)),
    `schemas/${file} is not what its newest version in schemas/history says. If that version has never
been released, copy the schema over it:    cp schemas/${file} schemas/history/${newest?.kept ?? next}
Otherwise keep the change as a new one:    cp schemas/${file} schemas/history/${next}`,
  ).toBe(true)
})

test.each(schemas.flatMap((file) => versionsOf(file)))(
  '$file reads what $file version $version wrote',
  ({ file, text }) => {
    const [reader, writer] = [parseSchema(read(file)), parseSchema(text)]
    expect(incompatibilities(reader, writer)).toEqual([])
    expect(() => reader.createResolver(writer)).not.toThrow()
  },
)

test('what cannot be read is named by its field', () => {
  const record = (...fields: readonly string[]) =>
    parseSchema(`{"type":"record","name":"R","fields":[${fields.join()}]}`)
  const union = (...names: readonly string[]) => {
    const branches = names.map((name) => `{"type":"record","name":"${name}","fields":[]}`)
    return `{"name":"u","type":{"type":"array","items":["null",${branches.join()}]}}`
  }
  const a = '{"name":"a","type":"int"}'
  const b = '{"name":"b","type":"string"}'
  const c = '{"name":"c","type":"long","default":0}'

  expect(incompatibilities(record(a, b, c), record(a))).toEqual(['R.b is new and has no default'])
  expect(incompatibilities(record('{"name":"a","type":"boolean"}'), record(a))).toEqual([
    'R.a: cannot read "int" as "boolean"',
  ])
  expect(incompatibilities(record('{"name":"a","type":["null","int"]}'), record(a, b))).toEqual([])
  expect(incompatibilities(record(a), record('{"name":"a","type":["null","int"]}'))).toEqual([
    'R.a: cannot read "null" as "int"',
  ])
  expect(incompatibilities(record(union('X', 'Y')), record(union('X')))).toEqual([])
  expect(incompatibilities(record(union('X')), record(union('X', 'Y')))).toEqual([
    'R.u: no branch reads Y',
  ])
})

function versionsOf(file: string): { file: string; version: number; kept: string; text: string }[] {
  const name = file.replace(/\.avsc$/, '')
  return readdirSync(new URL('history/', folder))
    .flatMap((kept) => {
      const match = /^(.+)\.(\d+)\.avsc$/.exec(kept)
      if (match?.[1] !== name) return []
      return [{ file, version: Number(match[2]), kept, text: read(`history/${kept}`) }]
    })
    .sort((one, other) => one.version - other.version)
}

function read(file: string): string {
  return readFileSync(new URL(file, folder), 'utf8')
}

/** Without the difference of white space. */
function canonical(text: string): string {
  return JSON.stringify(JSON.parse(text))
}
