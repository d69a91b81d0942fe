/** A program: a service under fault injection. Argument: `WorkerOptions` as JSON. */

import { systemClock } from '../../runtime/clock.ts'
import { startService, type Service } from '../../runtime/durable/service.ts'
import { kafkaLog } from '../../runtime/log/kafka/kafka-log.ts'
import { createLogger } from '../../runtime/logger.ts'
import { createCodec } from '../../schemas/codec.ts'
import { registrySchemaStore } from '../../schemas/registry.ts'
import { simulatedDefinition } from '../workload/definitions.ts'
import { knownIncarnation } from '../workload/incarnation.ts'
import { pointedLog } from './pointed-log.ts'
import { throughProxy } from './proxy.ts'
import { sinkBodies } from './sink-bodies.ts'
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

const { randomness, incarnation } = knownIncarnation()
const now = () => clock.now()
const execute = sinkBodies({ sink, incarnation, now, onActed: () => pass('after a body') })

serving.service = await startService({
  log: pointedLog(log, pass),
  ...{ codec, clock, randomness, logger },
  settings: { ...settings, ...(sabotage !== undefined && { sabotage }) },
  definitions: definitions.map((name) => simulatedDefinition(name, '1', concurrency, execute)),
  ...(instanceId === undefined ? {} : { instanceId }),
})
process.send?.({ incarnation })
