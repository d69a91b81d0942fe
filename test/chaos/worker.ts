/** A program: a service under fault injection. Argument: `WorkerOptions` as JSON. */

import { setTimeout as sleep } from 'node:timers/promises'
import { systemClock, systemRandomness } from '../../runtime/clock.ts'
import { startService, type Service } from '../../runtime/durable/service.ts'
import { kafkaLog } from '../../runtime/log/kafka/kafka-log.ts'
import { createLogger } from '../../runtime/logger.ts'
import { createCodec } from '../../schemas/codec.ts'
import { registrySchemaStore } from '../../schemas/registry.ts'
import { outcomeOf, simulatedDefinition, type Execute } from '../workload/definitions.ts'
import { pointedLog } from './pointed-log.ts'
import { throughProxy } from './proxy.ts'
import { SinkClient } from './sink-client.ts'
import { WorkerCommand, WorkerOptions, type Point } from './worker-options.ts'

const graceMs = 5_000

// Whoever started it may have ended before it.
process.on('disconnect', () => process.exit(1))

const options = WorkerOptions.parse(JSON.parse(process.argv[2] ?? ''))
const { brokers, registryUrl, wire, definitions, concurrency, instanceId, settings, sabotage } =
  options
let shiftMs = 0
let armed: { readonly point: Point; times: number } | undefined

const serving: { service?: Service } = {}

/** Before it serves there is nothing to finish. */
process.once('SIGTERM', () => {
  void (serving.service?.stop(graceMs) ?? Promise.resolve()).then(() => process.exit(0))
})

process.on('message', (message) => {
  const command = WorkerCommand.parse(message)
  if (command.what === 'die at') armed = { point: command.point, times: command.times }
  else shiftMs = command.ms
})

function pass(point: Point): void {
  if (armed?.point !== point) return
  armed.times -= 1
  if (armed.times <= 0) process.kill(process.pid, 'SIGKILL')
}

const clock = { ...systemClock, now: () => Date.now() + shiftMs }
const logger = createLogger('info')
const sink = await SinkClient.connect(options.sinkPort)
// Without the world a worker is worth nothing.
void sink.closed().then(() => process.exit(1))
const codec = await createCodec(registrySchemaStore({ host: registryUrl }))
const socketFactory = throughProxy(options.proxyPort, wire)
const log = kafkaLog({ brokers, clientId: `worker-${String(wire)}`, logger, socketFactory })

/** A service draws its incarnation first. */
let incarnation = ''
const uuid = () => {
  const drawn = systemRandomness.uuid()
  if (incarnation === '') incarnation = drawn
  return drawn
}

const execute: Execute = async (body) => {
  const { definition, act, saw } = body
  const { runId, idempotencyKey, attempt } = body.step
  const count = await sink.begin({
    ...{ definition, runId, step: act.name, idempotencyKey, attempt, incarnation },
    ...{ begunAt: Date.now(), begunAtOwn: clock.now(), saw: [...saw] },
  })
  if (act.ms > 0) await sleep(act.ms)
  const output = outcomeOf(body, count)
  await sink.end(count.number, JSON.stringify(output))
  pass('after a body')
  return output
}

serving.service = await startService({
  log: pointedLog(log, pass),
  ...{ codec, clock, logger },
  settings: { ...settings, ...(sabotage !== undefined && { sabotage }) },
  randomness: { number: () => systemRandomness.number(), uuid },
  definitions: definitions.map((name) => simulatedDefinition(name, '1', concurrency, execute)),
  ...(instanceId === undefined ? {} : { instanceId }),
})
process.send?.({ incarnation })
