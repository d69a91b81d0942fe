/** The whole review on a broker: its three services in processes of their own. */

import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect, inject, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { connect } from '../../runtime/index.ts'
import { silentLogger } from '../../runtime/logger.ts'
import { check } from '../../runtime/testing/checker/check.ts'
import { reviewContract } from '../../services/contracts/review.ts'
import { generateProject } from './generated-project.ts'
import { openReviewSystem, reportBytes } from './review-system.ts'
import { Service } from './service.ts'

const schemaFile = join(import.meta.dirname, '../../schemas/report.schema.json')

test('a project is reviewed twice with the same report, and the log keeps every invariant', async () => {
  const directory = generateProject({ packages: 150, files: 10 })
  onTestFinished(() => rm(directory, { recursive: true }))
  const system = await openReviewSystem()
  onTestFinished(() => system.log.close())
  const services = await Promise.all(
    ['review', 'inspection', 'inspector'].map((name) =>
      Service.start([`services/${name}/main.ts`], { STOA_SESSION_TIMEOUT: '2 seconds' }),
    ),
  )
  onTestFinished(() => Promise.all(services.map((service) => service.kill())).then(() => undefined))
  const stoa = await connect({
    environment: { KAFKA_BROKERS: inject('brokers'), SCHEMA_REGISTRY_URL: inject('registryUrl') },
    logger: silentLogger,
  })
  onTestFinished(() => stoa.close())

  const answers = []
  for (const id of ['first', 'second']) {
    const out = join(directory, id)
    const run = await stoa.start(reviewContract, { directory, out }, { id })
    const outcome = await run.result({ timeout: '1 minute' })
    expect(outcome).toMatchObject({ verdict: 'fail', counts: { packages: 150 } })
    const output = JSON.stringify(outcome)
    answers.push({ definition: 'review', runId: id, status: 'completed' as const, output })
  }

  const report: unknown = JSON.parse(await readFile(join(directory, 'first/report.json'), 'utf8'))
  const schema = z.looseObject({}).parse(JSON.parse(await readFile(schemaFile, 'utf8')))
  const isValid = new Ajv2020({ strict: true, validateFormats: false }).compile(schema)
  expect([isValid(report), isValid.errors]).toEqual([true, null])
  const bytes = await reportBytes(join(directory, 'first'))
  expect(bytes.length).toBeGreaterThan(50_000)
  expect(await reportBytes(join(directory, 'second'))).toBe(bytes)

  const evidence = await system.evidence({ effects: null, answers })
  const { violations, census } = await check(system.codec, evidence)
  expect(violations).toEqual([])
  expect(census).toMatchObject({ runs: 2 + 2 + 300, completed: 304, failed: 0, ignoredEntries: 0 })
  for (const [kind, rule] of [
    ['results', 'J7'],
    ['inbox', 'J7'],
    ['journal', 'J4'],
  ] as const) {
    const lost = evidence.records.findLastIndex(
      ({ topic }) => topic === `inspection-worker.${kind}`,
    )
    const records = evidence.records.toSpliced(lost - (kind === 'journal' ? 1 : 0), 1)
    const found = await check(system.codec, { ...evidence, records })
    expect(found.violations.map((violation) => violation.rule)).toContain(rule)
  }
  expect(await Promise.all(services.map((service) => service.stop()))).toEqual([0, 0, 0])
})
