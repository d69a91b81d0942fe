import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { format } from 'prettier'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { factsOf, findingOf, reportMeta } from '../../test/fixtures/review.ts'
import { assembleReport } from '../review/report.ts'
import { Report } from './report.ts'

const schemaFile = join(import.meta.dirname, '../../schemas/report.schema.json')
const report = assembleReport({
  project: { name: 'project', version: '1.0.0' },
  facts: [
    factsOf({ engines: { node: '>=18' }, scripts: { install: 'make' }, bin: ['left'] }),
    factsOf({ name: 'bare', integrity: null, integrityAlgorithm: null, installed: null }),
  ],
  findings: [findingOf()],
  ignored: 0,
  meta: { ...reportMeta, host: 'meta may say more' },
})

test('the published JSON Schema is the one of the contract', async () => {
  const schema = { $id: 'urn:stoa:review:1', ...z.toJSONSchema(Report) }
  const text = await format(JSON.stringify(schema), { parser: 'json', printWidth: 100 })
  await expect(text).toMatchFileSnapshot(schemaFile)
})

test('a report that the contract accepts is accepted by the JSON Schema, and so for refusals', async () => {
  const published: unknown = JSON.parse(await readFile(schemaFile, 'utf8'))
  const ajv = new Ajv2020({ strict: true, validateFormats: false })
  const isValid = ajv.compile(published as object)
  expect(isValid(report)).toBe(true)
  expect(Report.safeParse(report).success).toBe(true)

  let refused = 0
  for (const mutant of mutants(report)) {
    expect([mutant.what, isValid(mutant.value)]).toEqual([
      mutant.what,
      Report.safeParse(mutant.value).success,
    ])
    if (!isValid(mutant.value)) refused++
  }
  expect(refused).toBeGreaterThan(100)
})

/** Every field in turn taken away, made null, made a number and joined by a stranger. */
function* mutants(value: unknown, at = ''): Generator<{ what: string; value: unknown }> {
  if (typeof value !== 'object' || value === null) return
  for (const [key, inner] of Object.entries(value)) {
    const what = `${at}/${key}`
    const without = (replacement: unknown): unknown => {
      if (Array.isArray(value)) return value.with(Number(key), replacement)
      const { [key]: _, ...rest } = value as Record<string, unknown>
      return replacement === undefined ? rest : { ...rest, [key]: replacement }
    }
    if (!Array.isArray(value)) yield { what: `${what} is absent`, value: without(undefined) }
    yield { what: `${what} is null`, value: without(null) }
    yield { what: `${what} is -1.5`, value: without(-1.5) }
    yield { what: `${what} is a word`, value: without('word') }
    for (const mutant of mutants(inner, what)) {
      yield { what: mutant.what, value: without(mutant.value) }
    }
  }
  if (!Array.isArray(value))
    yield { what: `${at} has a stranger`, value: { ...value, stranger: 1 } }
}
