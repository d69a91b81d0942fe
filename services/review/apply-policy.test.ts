import { expect, test } from 'vitest'
import { findingOf } from '../../test/fixtures/review.ts'
import type { Ignore } from '../contracts/policy.ts'
import { applyPolicy } from './apply-policy.ts'
import { defaultPolicy } from './default-policy.ts'

const today = '2026-11-25'

function ignoring(...ignores: Partial<Ignore>[]) {
  const filled = ignores.map((ignore) => ({ reason: 'known', expires: '2026-12-31', ...ignore }))
  return { ...defaultPolicy, ignores: filled }
}

test('a policy sets the severity of a kind, and the id stays', () => {
  const policy = { ...defaultPolicy, severities: { 'install-script': 'critical' as const } }
  const { findings } = applyPolicy([findingOf(), findingOf({ kind: 'deprecated' })], policy, today)
  expect(findings.map(({ kind, severity }) => [kind, severity])).toEqual([
    ['install-script', 'critical'],
    ['deprecated', 'medium'],
  ])
  expect(findings[0]?.id).toBe(findingOf().id)
})

test('a finding of a kind that only an agent knows passes as it is', () => {
  const odd = findingOf({ kind: 'constructor' })
  expect(applyPolicy([odd], defaultPolicy, today)).toEqual({ findings: [odd], ignored: 0 })
})

test.each<[string, Partial<Ignore>]>([
  ['its id', { id: findingOf().id }],
  ['its kind', { kind: 'install-script' }],
  ['its package', { package: 'left' }],
  ['its package and version', { package: 'left', version: '^1.0.0' }],
  ['the start of its name', { package: 'le*' }],
  ['its path', { path: 'node_modules/left' }],
])('a finding is ignored by %s', (_, ignore) => {
  expect(applyPolicy([findingOf()], ignoring(ignore), today)).toEqual({ findings: [], ignored: 1 })
})

test.each<[string, Partial<Ignore>]>([
  ['another kind', { package: 'left', kind: 'deprecated' }],
  ['another package', { package: 'lef' }],
  ['a version out of range', { package: 'left', version: '^2.0.0' }],
])('an ignore of %s leaves the finding', (_, ignore) => {
  expect(applyPolicy([findingOf()], ignoring(ignore), today).ignored).toBe(0)
})

test('an ignore counts to the end of its day; from then on it is a finding and ignores nothing', () => {
  const last = ignoring({ package: 'left', expires: today })
  expect(applyPolicy([findingOf()], last, today).findings).toEqual([])
  const { findings, ignored } = applyPolicy([findingOf()], last, '2026-11-26')
  expect(ignored).toBe(0)
  expect(findings.map(({ kind, severity, agent }) => [kind, severity, agent])).toEqual([
    ['install-script', 'medium', 'inspector'],
    ['policy-ignore-expired', 'low', 'review'],
  ])
  expect(findings[1]?.evidence).toBe('{"package":"left"}: known')
})

test('what two runs of an agent both found is one finding', () => {
  expect(applyPolicy([findingOf(), findingOf()], defaultPolicy, today).findings).toHaveLength(1)
})

test('the order in which findings come does not matter', () => {
  const findings = [findingOf(), findingOf({ package: 'a' }), findingOf({ severity: 'high' })]
  const distinct = findings.slice(0, 2)
  expect(applyPolicy(distinct.toReversed(), defaultPolicy, today)).toEqual(
    applyPolicy(distinct, defaultPolicy, today),
  )
})
