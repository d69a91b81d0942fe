import { expect, test } from 'vitest'
import { z } from 'zod'
import { orchestratorWorker } from '../../patterns/index.ts'
import { contract, workflow } from '../../runtime/index.ts'
import { temporaryProject } from '../../test/fixtures/project.ts'
import { definitionsIn, loadDefinitions } from './definitions.ts'

const approval = workflow({
  name: 'approval',
  input: z.string(),
  output: z.string(),
  resultRetention: '1 day',
  run: async (_ctx, input) => input,
})

test('definitions are found in exports, in lists, and in the parts of a pattern', () => {
  const scan = orchestratorWorker({
    name: 'scan',
    request: z.string(),
    task: z.string(),
    result: z.string(),
    orchestrate: (ctx, request) => ctx.dispatch([request]),
    work: async (_ctx, task) => task,
  })
  const names = definitionsIn({ all: [approval], scan, approval }).map(({ name }) => name)
  expect(names).toEqual(['approval', 'scan', 'scan-worker'])
})

test('what a definition says of its results is kept', () => {
  expect(definitionsIn({ approval })).toEqual([{ name: 'approval', resultRetention: '1 day' }])
})

test('a contract is served elsewhere and has no topics here', () => {
  const elsewhere = contract({ name: 'elsewhere', input: z.string(), output: z.string() })
  expect(definitionsIn({ elsewhere, text: 'x', nothing: null, list: [1] })).toEqual([])
})

test('without a module, the definitions are those of the review', async () => {
  const names = (await loadDefinitions(undefined, '/')).map(({ name }) => name)
  expect(names).toEqual(['review', 'inspection', 'inspection-worker'])
})

test('a module that cannot be used is told apart from one that is not there', async () => {
  const directory = await temporaryProject({
    'empty.mjs': 'export const x = 1',
    'broken.mjs': 'export const = 1',
  })
  const code = 'MODULE_UNREADABLE'
  await expect(loadDefinitions('gone.ts', directory)).rejects.toMatchObject({
    code,
    message: `there is no module ${directory}/gone.ts`,
  })
  await expect(loadDefinitions('empty.mjs', directory)).rejects.toMatchObject({ code })
  await expect(loadDefinitions('broken.mjs', directory)).rejects.toMatchObject({ code })
})
