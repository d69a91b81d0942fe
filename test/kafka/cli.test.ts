/** The command line against a real Kafka: one that is given, and one that it starts itself. */

import { execFileSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, inject, onTestFinished, test, vi } from 'vitest'
import { systemClock, systemRandomness } from '../../runtime/clock.ts'
import { startService } from '../../runtime/durable/service.ts'
import { kafkaLog } from '../../runtime/log/kafka/kafka-log.ts'
import { silentLogger } from '../../runtime/logger.ts'
import { createCodec, registrySchemaStore } from '../../schemas/index.ts'
import { findJava } from '../../deploy/local/java.ts'
import { oldestJava } from '../../deploy/local/versions.ts'
import { fixture } from '../fixtures/project.ts'
import { approval } from '../fixtures/approval.ts'
import { startStoa, stoa } from './stoa-command.ts'

const stateOfCheckout = join(import.meta.dirname, '../../.stoa')
const module = join(import.meta.dirname, '../fixtures/approval.ts')

function emptyFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'stoa-cli-')))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

describe('on a Kafka that is given', () => {
  const given = () => ({
    KAFKA_BROKERS: inject('brokers'),
    SCHEMA_REGISTRY_URL: inject('registryUrl'),
    STOA_HOME: emptyFolder(),
  })

  test('a risky project fails its review, and the report is where it was asked for', async () => {
    const out = join(emptyFolder(), 'reports')
    const review = ['review', fixture('risky'), '--out', out]
    const text = await stoa([...review, '--id', 'risky-1'], given())
    expect(text).toMatchObject({ exitCode: 5 })
    expect(text.out).toMatch(/^fail {2}risky 1\.0\.0: 6 packages/)
    expect(text.out).toContain(join(out, 'report.md'))
    expect(text.err).toContain('inspected 6 of 6 packages')

    const json = await stoa([...review, '-o', 'json', '--fail-on', 'critical'], given())
    expect(json.exitCode).toBe(0)
    expect(json.out).toBe(readFileSync(join(out, 'report.json'), 'utf8'))
  })

  test('a run is started, looked at, steered and awaited without its code', async () => {
    const variables = given()
    const applied = await stoa(['topics', 'apply', module, '--development'], variables)
    expect(applied).toMatchObject({ exitCode: 0 })
    await serveApproval()

    const of = ['cli-approval', 'order-7']
    const started = await stoa(
      ['run', 'start', 'cli-approval', '{"amount": 12}', '--id', 'order-7'],
      variables,
    )
    expect(started).toEqual({ exitCode: 0, out: 'order-7\n', err: '' })
    await vi.waitFor(async () => {
      const { out } = await stoa(['run', 'describe', ...of], variables)
      expect(out).toContain("waits for   signal 'decision'")
    }, 20_000)

    const unknown = await stoa(['run', 'signal', 'cli-approval', 'order-8', 'decision'], variables)
    expect(unknown.exitCode).toBe(3)
    expect(unknown.err).toMatch(/\[RUN_NOT_FOUND\]\n$/)

    const refused = await stoa(['run', 'signal', ...of, 'decision', '{"granted": 1}'], variables)
    expect(refused).toMatchObject({ exitCode: 2, out: '' })
    expect(refused.err).toMatch(/ has refused signal 'decision': .*\[SIGNAL_INVALID\]\n$/)
    const letters = await stoa(['run', 'dead-letters', 'cli-approval'], variables)
    expect(letters.out).toMatch(/cli-approval\.inbox\[\d\]@\d+ +order-7 +signal 'decision' .*\n$/)

    const result = stoa(['run', 'result', ...of, '--timeout', '30 seconds'], variables)
    const sent = await stoa(['run', 'signal', ...of, 'decision', '{"granted": true}'], variables)
    expect(sent.out).toBe("run order-7 of 'cli-approval' has taken signal 'decision' in\n")
    expect(await result).toEqual({ exitCode: 0, out: '{\n  "paid": 12\n}\n', err: '' })

    const { out } = await stoa(['run', 'history', ...of], variables)
    expect(out.split('\n').map((line) => line.split(/\s+/)[3])).toEqual([
      'TYPE',
      'RunStarted',
      'WaitStarted',
      'SignalReceived',
      'RunCompleted',
      undefined,
    ])
    expect(out).not.toContain('granted')
  })

  test('a run that fails ends `run result` with 1 and its error', async () => {
    const variables = given()
    await stoa(['topics', 'apply', module, '--development'], variables)
    await serveApproval()
    const of = ['cli-approval', 'order-9']
    await stoa(['run', 'start', 'cli-approval', '{"amount": 3}', '--id', 'order-9'], variables)
    await stoa(['run', 'signal', ...of, 'decision', '{"granted": false}'], variables)
    expect(await stoa(['run', 'result', ...of], variables)).toEqual({
      exitCode: 1,
      out: '',
      err: "stoa: run order-9 of 'cli-approval' failed: 3 was refused [REFUSED]\n",
    })
    const listed = await stoa(['run', 'list', 'cli-approval', '--status', 'failed'], variables)
    expect(listed.out).toContain('order-9')
  })

  test('topics of a cluster that can lose data are not created unless one insists', async () => {
    const variables = given()
    const [plain, insisting] = [['topics', 'apply', '--replication', '1'], ['--development']]
    const refused = await stoa(plain, variables)
    expect(refused.exitCode).toBe(1)
    expect(refused.err).toMatch(/review\.inbox has 1 replica.*\[CLUSTER_UNSAFE\]\n$/)
    expect(await stoa([...plain, ...insisting], variables)).toMatchObject({ exitCode: 0 })

    const planned = await stoa(
      ['topics', 'plan', '--development', '--partitions', '8', '-o', 'json'],
      variables,
    )
    expect(planned.out).toContain('"partitions are 4, planned 8"')
  })

  test('nobody who serves: the review says so at the end of its patience, or when interrupted', async () => {
    const { child, ended, saw } = startStoa(
      ['review', fixture('clean'), '--no-serve', '--out', emptyFolder()],
      given(),
    )
    await saw('waiting for a service to take the review in')
    child.kill('SIGINT')
    expect(await ended).toMatchObject({ exitCode: 130, out: '' })
  })

  async function serveApproval(): Promise<void> {
    const log = kafkaLog({ brokers: [inject('brokers')], clientId: 'approval' })
    const codec = await createCodec(registrySchemaStore({ host: inject('registryUrl') }))
    const service = await startService({
      ...{ log, codec, clock: systemClock, randomness: systemRandomness, logger: silentLogger },
      definitions: [approval],
      settings: { sessionTimeoutMs: 2_000 },
    })
    onTestFinished(async () => {
      await service.stop(1_000)
      await log.close()
    })
  }
})

describe('without a Kafka', () => {
  test('a broker that does not answer is told of within seconds', async () => {
    const nobody = {
      KAFKA_BROKERS: '127.0.0.1:1',
      SCHEMA_REGISTRY_URL: 'http://127.0.0.1:2',
      STOA_HOME: emptyFolder(),
    }
    for (const argv of [['review', fixture('clean')], ['run', 'list', 'review'], ['up']]) {
      const { exitCode, err } = await stoa(argv, nobody)
      expect(exitCode).toBe(6)
      expect(err).toMatch(/^stoa: no broker answers at 127\.0\.0\.1:1: .*\[LOG_UNAVAILABLE\]\n$/)
    }
  })

  test('a command that starts none names both ways to one', async () => {
    const { exitCode, err } = await stoa(['run', 'list', 'review'], { STOA_HOME: emptyFolder() })
    expect(exitCode).toBe(6)
    expect(err).toContain('`stoa up`')
    expect(err).toContain('KAFKA_BROKERS')
  })
})

const java = await findJava(process.env)

describe.skipIf(java === undefined || java.major < oldestJava)('on a Kafka of its own', () => {
  const patienceMs = 120_000

  test(
    '`up` keeps everything, a review uses it, and `down` leaves nothing behind',
    async () => {
      const variables = { STOA_HOME: ownHome() }
      downAtTheEnd(variables)
      const up = await stoa(['up', '-o', 'json'], variables)
      expect(up).toMatchObject({ exitCode: 0 })
      const before = await stoa(['status', '-o', 'json'], variables)
      expect(before.exitCode).toBe(0)

      const out = emptyFolder()
      const review = await stoa(['review', fixture('clean'), '--out', out], variables)
      expect(review).toMatchObject({ exitCode: 0 })
      expect(review.err).not.toContain('stopping')
      const { brokers, registryUrl } = JSON.parse(up.out) as Record<string, string>
      const named = { ...variables, KAFKA_BROKERS: brokers!, SCHEMA_REGISTRY_URL: registryUrl! }
      expect((await stoa(['status', '-o', 'json'], named)).out).toBe(before.out)
      expect(await stoa(['run', 'list', 'review'], variables)).toMatchObject({ exitCode: 0 })
      expect((await stoa(['doctor'], variables)).out).toMatch(/topics +ok +10 as planned/)

      const again = await stoa(['up'], variables)
      expect(again.err).toBe('up: broker, registry, review, inspection, inspector\n')
      expect(again.out).toMatch(/^export KAFKA_BROKERS=\S+\nexport SCHEMA_REGISTRY_URL=http\S+\n$/)
      expect((await stoa(['status', '-o', 'json'], variables)).out).toBe(before.out)

      const down = await stoa(['down'], variables)
      expect(down.out).toBe('stopped review, inspection, inspector, registry, broker\n')
      expect((await stoa(['status'], variables)).exitCode).toBe(1)
      // What ends a forgotten process looks for its own end once a second.
      await vi.waitFor(() => expect(processesOf(variables.STOA_HOME)).toEqual([]), 10_000)

      const deleted = await stoa(['down', '--delete-data'], variables)
      expect(deleted.out).toMatch(
        /^nothing was up\ndeleted the data of Kafka and the registry: [1-9]\d*\.\d MB freed\n$/,
      )
      expect(existsSync(join(variables.STOA_HOME, 'data'))).toBe(false)
    },
    patienceMs,
  )

  test(
    'an interrupted review cancels its run and stops what it started',
    async () => {
      const variables = { STOA_HOME: ownHome() }
      const { child, ended, saw } = startStoa(
        ['review', fixture('clean'), '--out', emptyFolder()],
        variables,
      )
      await saw('inspecting 2 packages')
      const refused = await stoa(['down', '--delete-data'], variables)
      expect(refused).toMatchObject({ exitCode: 1, out: '' })
      expect(refused.err).toMatch(/^stoa: process \d+ uses the local Kafka, .*\[DATA_IN_USE\]\n$/)
      child.kill('SIGINT')
      const { exitCode, err } = await ended
      expect(exitCode).toBe(130)
      expect(err).toContain('stopping')
      await vi.waitFor(() => expect(processesOf(variables.STOA_HOME)).toEqual([]), 10_000)
    },
    patienceMs,
  )

  test(
    'a review that is killed leaves nothing running',
    async () => {
      const variables = { STOA_HOME: ownHome() }
      const { child, ended, saw } = startStoa(
        ['review', fixture('clean'), '--out', emptyFolder()],
        variables,
      )
      await saw('inspecting 2 packages')
      child.kill('SIGKILL')
      await ended
      await vi.waitFor(() => expect(processesOf(variables.STOA_HOME)).toEqual([]), 30_000)
    },
    patienceMs,
  )

  test(
    'a service that has died in the background is served by the review',
    async () => {
      const variables = { STOA_HOME: ownHome() }
      downAtTheEnd(variables)
      await stoa(['up'], variables)
      for (const pid of pidsOf('inspector', variables)) process.kill(pid, 'SIGKILL')
      expect((await stoa(['status'], variables)).exitCode).toBe(1)

      const review = await stoa(['review', fixture('clean'), '--out', emptyFolder()], variables)
      expect(review).toMatchObject({ exitCode: 0 })
    },
    patienceMs,
  )

  test(
    'a broker that has died is told apart from the registry; `up` starts it where it was',
    async () => {
      const variables = { STOA_HOME: ownHome() }
      downAtTheEnd(variables)
      const first = await stoa(['up', '-o', 'json'], variables)
      for (const pid of pidsOf('kafka.Kafka', variables)) process.kill(pid, 'SIGKILL')
      const { exitCode, out } = await stoa(['status'], variables)
      expect(exitCode).toBe(1)
      const states = out.split('\n').map((line) => line.split(/ +/).slice(0, 2))
      expect(Object.fromEntries(states.slice(1, -1))).toEqual({
        broker: 'down',
        registry: 'up',
        ...{ review: 'silent', inspection: 'silent', inspector: 'silent' },
      })

      // The same addresses, and the same processes of the services.
      expect(await stoa(['up', '-o', 'json'], variables)).toMatchObject({ out: first.out })
      const review = await stoa(['review', fixture('clean'), '--out', emptyFolder()], variables)
      expect(review).toMatchObject({ exitCode: 0 })
      expect((await stoa(['status'], variables)).exitCode).toBe(0)
    },
    patienceMs,
  )

  test(
    'a service of the background that dies during a review is named and replaced; `up` restarts it',
    async () => {
      const variables = { STOA_HOME: ownHome() }
      downAtTheEnd(variables)
      await stoa(['up'], variables)
      const { exitCode, err } = await reviewWithout(variables, 'inspecting ')
      expect(exitCode).toBe(0)
      expect(err).toContain('not running in the background any more: inspector;')

      expect((await stoa(['status'], variables)).exitCode).toBe(1)
      await stoa(['up'], variables)
      expect((await stoa(['status'], variables)).exitCode).toBe(0)
    },
    patienceMs,
  )

  test(
    'a service that dies during a review is started again, and the review goes on',
    async () => {
      const variables = { STOA_HOME: ownHome() }
      const { exitCode, err } = await reviewWithout(variables, 'inspected ')
      expect(exitCode).toBe(0)
      expect(err).toContain(
        'service review+inspection+inspector ended (SIGKILL); it is started again',
      )
    },
    patienceMs,
  )

  test(
    'a broker that dies during a review is started again, and the review goes on',
    async () => {
      const { exitCode, err } = await reviewWithout(
        { STOA_HOME: ownHome() },
        'inspecting ',
        'kafka.Kafka',
      )
      expect(exitCode).toBe(0)
      expect(err).toMatch(/no broker answers at \S+; run \S+ is kept/)
      expect(err).toContain('a broker answers again')
    },
    patienceMs,
  )

  /** A review whose inspector, or something else, is killed once it has said so much. */
  async function reviewWithout(
    variables: { readonly STOA_HOME: string },
    words: string,
    killed = 'inspector',
  ) {
    const { ended, saw } = startStoa(
      ['review', stateOfCheckout.replace(/\.stoa$/, ''), '--out', emptyFolder()],
      variables,
    )
    await saw(words)
    for (const pid of pidsOf(killed, variables)) process.kill(pid, 'SIGKILL')
    return ended
  }

  /** A folder of its own, with the libraries of the checkout. */
  function ownHome(): string {
    const home = emptyFolder()
    mkdirSync(join(stateOfCheckout, 'lib'), { recursive: true })
    symlinkSync(join(stateOfCheckout, 'lib'), join(home, 'lib'))
    return home
  }

  /** What runs in the background would outlive a test that fails. */
  function downAtTheEnd(variables: Readonly<Record<string, string>>): void {
    onTestFinished(async () => {
      await stoa(['down'], variables)
    })
  }

  function processesOf(home: string): readonly string[] {
    const all = execFileSync('ps', ['-eww', '-o', 'stat=,pid=,args='], { encoding: 'utf8' })
    return all.split('\n').filter((line) => line.includes(home) && !line.startsWith('Z'))
  }

  function pidsOf(word: string, { STOA_HOME: home }: { readonly STOA_HOME: string }) {
    return processesOf(home)
      .filter((line) => line.includes(word))
      .map((line) => Number(line.trim().split(/\s+/)[1]))
  }
})
