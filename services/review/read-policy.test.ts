import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryProject } from '../../test/fixtures/project.ts'
import { Policy } from '../contracts/policy.ts'
import { defaultPolicy } from './default-policy.ts'
import { parsePolicy, readPolicy } from './read-policy.ts'

test('a project without a policy has the default', async () => {
  expect(await readPolicy(await temporaryProject({}))).toEqual(defaultPolicy)
  expect(Policy.parse(defaultPolicy)).toEqual(defaultPolicy)
})

test('what the file says replaces the default, list by list', async () => {
  const directory = await temporaryProject({
    'stoa.policy.json': {
      licenses: { denied: ['MIT'] },
      severities: { deprecated: 'high' },
      ignores: [{ package: 'a', reason: 'replaced in May', expires: '2027-05-31' }],
    },
  })
  expect(await readPolicy(directory)).toEqual({
    ...defaultPolicy,
    licenses: { ...defaultPolicy.licenses, denied: ['MIT'] },
    severities: { deprecated: 'high' },
    ignores: [{ package: 'a', reason: 'replaced in May', expires: '2027-05-31' }],
  })
})

test('another file may be named, from the project on or by its absolute path', async () => {
  const directory = await temporaryProject({ 'strict.json': '\uFEFF{ "registries": [] }' })
  expect((await readPolicy(directory, 'strict.json')).registries).toEqual([])
  expect((await readPolicy('/', join(directory, 'strict.json'))).registries).toEqual([])
})

test('a named file has to be there', async () => {
  const directory = await temporaryProject({ 'folder/x': '' })
  await expect(readPolicy(directory, 'none.json')).rejects.toMatchObject({
    code: 'POLICY_NOT_FOUND',
  })
  await expect(readPolicy(directory, 'folder')).rejects.toMatchObject({ code: 'POLICY_UNREADABLE' })
})

test('everything that is wrong is said at once', () => {
  const text = JSON.stringify({
    licences: {},
    severities: { 'licence-denied': 'high', deprecated: 'severe' },
    ignores: [
      { package: 'a', reason: '', expires: '2027-05-31' },
      { package: 'a', reason: 'r', expires: 'May' },
      { reason: 'r', expires: '2027-05-31' },
    ],
  })
  const read = () => parsePolicy('p.json', text)
  expect(read).toThrow(expect.objectContaining({ code: 'POLICY_INVALID' }))
  for (const part of [
    'licences',
    'licence-denied',
    'severities.deprecated',
    'ignores.0.reason: say why it is ignored',
    'ignores.1.expires: a date such as 2027-01-31',
    'ignores.2: an ignore names an id, a kind, a package or a path',
  ]) {
    expect(read).toThrow(part)
  }
})

test.each(['', '[]', 'null', '{', '{ "ignores": {} }'])('%j is not a policy', (text) => {
  expect(() => parsePolicy('p.json', text)).toThrow(
    expect.objectContaining({ code: 'POLICY_INVALID' }),
  )
})

test('an ignore for a version that is no range is refused rather than never met', () => {
  const ignore = { package: 'a', version: 'one', reason: 'r', expires: '2027-05-31' }
  expect(() => parsePolicy('p.json', JSON.stringify({ ignores: [ignore] }))).toThrow(
    'ignores.0.version: "one" is not a version range',
  )
})

test('a kind that does not exist is refused, in an ignore as well', () => {
  const ignores = [{ kind: 'licence-denied', reason: 'known', expires: '2027-05-31' }]
  expect(() => parsePolicy('p', JSON.stringify({ ignores }))).toThrow(/ignores/)
})

test('the example of the documentation is a policy', async () => {
  const path = new URL('../../docs/policy.md', import.meta.url)
  const [, example = ''] = /```json\n([^]*?)```/.exec(await readFile(path, 'utf8')) ?? []
  expect(parsePolicy('docs/policy.md', example).ignores).toHaveLength(1)
})

test.each(['https://npm.example.com', 'npm.example.com/', 'me@npm.example.com', '', 'a b'])(
  '%j is no host, and would never be met as a registry',
  (host) => {
    const text = JSON.stringify({ registries: [host] })
    expect(() => parsePolicy('p', text)).toThrow('registries.0: the host alone')
  },
)

test('a host is written in lower case, as URLs have it', () => {
  const { registries } = parsePolicy('p', '{ "registries": ["NPM.Example.com:8443"] }')
  expect(registries).toEqual(['npm.example.com:8443'])
})
