/**
 * Measures the kernel beside the bare log, on a broker of its own: `npm run bench [-- --json --seconds 4 --runs-at-once 1,50]`.
 * The service runs in a process of its own, the client in this one; every figure of a table comes
 * from the same run, and the floor of each concurrency is taken right beside it.
 */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { parseArgs } from 'node:util'
import { startBackend } from '../deploy/local/backend.ts'
import { openBackend } from '../runtime/backend.ts'
import { connect, type Client } from '../runtime/index.ts'
import { readEnvironment } from '../runtime/environment.ts'
import { kafkaTopicAdmin } from '../runtime/log/kafka/kafka-log.ts'
import { silentLogger } from '../runtime/logger.ts'
import { definitionTopicPlans, topicPlan } from '../schemas/topics.ts'
import { steps } from './definitions.ts'
import { appendMs, floor, type Floor, type FloorOptions } from './floor.ts'
import { median, quantile } from './statistics.ts'

const partitions = 4
const stepsPerRun = 10
const floorTopic = 'bench-floor'

interface Row {
  readonly atOnce: number
  readonly stepsPerSecond: number
  readonly floorPerSecond: Floor
  readonly share: Floor
  readonly stepMs: { readonly p50: number; readonly p99: number }
}

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    seconds: { type: 'string', default: '4' },
    'runs-at-once': { type: 'string', default: '1,50,200,1000' },
  },
})
const milliseconds = Number(values.seconds) * 1_000

const backend = await startBackend({
  directory: '.stoa',
  fresh: true,
  progress: (line) => process.stderr.write(`${line}\n`),
})
const variables = {
  KAFKA_BROKERS: backend.brokers,
  SCHEMA_REGISTRY_URL: backend.registryUrl,
  STOA_LOG_LEVEL: 'warn',
}
const environment = readEnvironment(variables)
const admin = kafkaTopicAdmin({ brokers: [...environment.brokers], clientId: 'stoa-bench' })
const planned = { partitions, replicationFactor: 1 }
await admin.create([
  ...definitionTopicPlans(steps.name, planned),
  topicPlan(floorTopic, {}, planned),
])
await admin.close()

const worker = spawn(process.execPath, ['bench/worker.ts'], {
  env: variables,
  stdio: ['ignore', 'inherit', 'inherit'],
})
const { log } = await openBackend(environment, 'stoa-bench', silentLogger)
const client = await connect({ environment: variables, logger: silentLogger })
try {
  await runOnce(client)
  const append = await appendMs(log, floorTopic, 500)
  await measure(client, 50, 1_000)
  const rows: Row[] = []
  const floorOptions: FloorOptions = {
    ...{ brokers: environment.brokers, log, topic: floorTopic, partitions },
    milliseconds: milliseconds / 2,
  }
  for (const atOnce of values['runs-at-once'].split(',').map(Number)) {
    const floorPerSecond = await floor(floorOptions, atOnce)
    const measured = await measure(client, atOnce, milliseconds)
    const share = {
      kafkajs: measured.stepsPerSecond / floorPerSecond.kafkajs,
      log: measured.stepsPerSecond / floorPerSecond.log,
    }
    rows.push({ atOnce, floorPerSecond, share, ...measured })
  }
  print(append, rows)
} finally {
  await client.close()
  await log.close()
  worker.kill('SIGTERM')
  await once(worker, 'exit')
  await backend.stop()
}

async function runOnce(on: Client): Promise<number> {
  const begin = performance.now()
  const run = await on.start(steps, stepsPerRun)
  await run.result()
  return performance.now() - begin
}

async function measure(on: Client, atOnce: number, forMs: number) {
  const times: number[] = []
  const begin = performance.now()
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (performance.now() - begin < forMs) times.push(await runOnce(on))
    }),
  )
  const seconds = (performance.now() - begin) / 1_000
  const perStep = times.map((time) => time / stepsPerRun)
  return {
    stepsPerSecond: (times.length * stepsPerRun) / seconds,
    stepMs: { p50: median(perStep), p99: quantile(perStep, 0.99) },
  }
}

function print(append: number, rows: readonly Row[]): void {
  if (values.json) {
    process.stdout.write(`${JSON.stringify({ appendMs: append, stepsPerRun, partitions, rows })}\n`)
    return
  }
  const lines = [
    `bare append of one record: p50 ${append.toFixed(2)} ms`,
    '',
    'runs at once | steps/s | kafkajs records/s | share | log records/s | share | ms per step p50 |    p99 | p50 in appends',
    ...rows.map(({ atOnce, stepsPerSecond, floorPerSecond, share, stepMs }) =>
      [
        String(atOnce).padStart(12),
        stepsPerSecond.toFixed(0).padStart(7),
        floorPerSecond.kafkajs.toFixed(0).padStart(17),
        percent(share.kafkajs).padStart(5),
        floorPerSecond.log.toFixed(0).padStart(13),
        percent(share.log).padStart(5),
        stepMs.p50.toFixed(2).padStart(15),
        stepMs.p99.toFixed(2).padStart(6),
        (stepMs.p50 / append).toFixed(1).padStart(14),
      ].join(' | '),
    ),
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
}

function percent(share: number): string {
  return `${(share * 100).toFixed(0)} %`
}
