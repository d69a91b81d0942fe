/** A program: the clients of a trial. Argument: `ClientOptions` as JSON. */

import { systemClock, systemRandomness } from '../../runtime/clock.ts'
import { createClient } from '../../runtime/durable/client.ts'
import { StoaError } from '../../runtime/errors.ts'
import { kafkaLog } from '../../runtime/log/kafka/kafka-log.ts'
import { createLogger } from '../../runtime/logger.ts'
import { createCodec } from '../../schemas/codec.ts'
import { registrySchemaStore } from '../../schemas/registry.ts'
import { Clients, type ConnectedClient } from '../workload/clients.ts'
import { simulatedContract } from '../workload/definitions.ts'
import { Draw } from '../workload/draw.ts'
import { ClientCommand, ClientOptions } from './client-options.ts'
import { drawPlan } from './plan.ts'
import { throughProxy } from './proxy.ts'

const clientCount = 2

process.on('disconnect', () => process.exit(0))

const options = ClientOptions.parse(JSON.parse(process.argv[2] ?? ''))
const { brokers, registryUrl, proxyPort, wire, seed } = options
const plan = drawPlan(seed, options.plan)
const draw = new Draw(`clients ${String(seed)}`)
const logger = createLogger('info')
const codec = await createCodec(registrySchemaStore({ host: registryUrl }))

const clients = new Clients({
  clients: draw.times(clientCount, connect),
  definitions: plan.definitions,
  draw,
  now: () => Date.now(),
})

process.on('message', (message) => {
  const command = ClientCommand.parse(message)
  switch (command.what) {
    case 'go':
      for (const { atMs, it } of plan.requests) setTimeout(() => clients.ask(it), atMs)
      return
    case 'same start':
      clients.startAgain(command.times)
      return
    case 'look':
      process.send?.({ open: clients.open.size, answers: clients.answers.length })
      return
    case 'be new':
      void startAsNew().then((code) => process.send?.({ code }))
      return
    case 'finish':
      process.send?.({ open: [...clients.open], answers: clients.answers })
  }
})
process.send?.({ ready: true })

function connect(): ConnectedClient {
  const socketFactory = throughProxy(proxyPort, wire)
  const log = kafkaLog({ brokers, clientId: 'chaos-client', logger, socketFactory })
  const environment = { codec, clock: systemClock, randomness: systemRandomness, logger }
  return { log, client: createClient({ log, ...environment }) }
}

/** Starts a run as one who has just come; returns the code of the refusal. */
async function startAsNew(): Promise<string> {
  const { log, client } = connect()
  try {
    const input = { script: { acts: [], cleanup: null }, saw: [] }
    await client.start(simulatedContract(plan.definitions[0]), input, { id: 'as-new' })
    return 'none'
  } catch (error) {
    return error instanceof StoaError ? error.code : String(error)
  } finally {
    await client.close()
    await log.close()
  }
}
