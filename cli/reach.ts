/** Whether the Kafka that the environment names can be reached at all, told within seconds. */

import { connect } from 'node:net'
import { brokerAnswers } from '../deploy/local/probe.ts'
import type { Environment } from '../runtime/environment.ts'
import { LogError, messageOf } from '../runtime/errors.ts'

const timeoutMs = 3_000

/** @throws LogError LOG_UNAVAILABLE, REGISTRY_UNAVAILABLE */
export async function requireAnswers(environment: Environment): Promise<void> {
  const { brokers, registryUrl } = environment
  const [isBrokerUp, registryFault] = await Promise.all([
    isKafkaThere(environment),
    registryFaultOf(registryUrl),
  ])
  if (!isBrokerUp) {
    throw new LogError(
      `no broker answers at ${brokers.join(',')}: check KAFKA_BROKERS, and that Kafka runs there`,
      { code: 'LOG_UNAVAILABLE' },
    )
  }
  if (registryFault !== undefined) {
    throw new LogError(
      `no schema registry answers at ${registryUrl} (${registryFault}): check SCHEMA_REGISTRY_URL, and that it runs there`,
      { code: 'REGISTRY_UNAVAILABLE' },
    )
  }
}

/** Whether any broker of the environment can be reached. */
export async function isKafkaThere({ brokers, ssl }: Environment): Promise<boolean> {
  // Behind TLS only the handshake would tell more than an open port.
  return anyOf(brokers, ssl ? accepts : brokerAnswers)
}

async function anyOf(
  brokers: readonly string[],
  answers: (broker: string) => Promise<boolean>,
): Promise<boolean> {
  const asked = brokers.map(async (broker) => {
    if (!(await answers(broker))) throw new Error('no answer')
  })
  return Promise.any(asked).then(
    () => true,
    () => false,
  )
}

function accepts(address: string): Promise<boolean> {
  const colon = address.lastIndexOf(':')
  return new Promise((resolve) => {
    const socket = connect({
      host: address.slice(0, colon),
      port: Number(address.slice(colon + 1)),
    })
    const settle = (isOpen: boolean) => {
      socket.destroy()
      resolve(isOpen)
    }
    socket.setTimeout(timeoutMs, () => settle(false))
    socket.once('error', () => settle(false))
    socket.once('connect', () => settle(true))
  })
}

/** Any answer will do, a refusal too: what is refused is told when it is asked for. */
async function registryFaultOf(url: string): Promise<string | undefined> {
  try {
    const response = await fetch(`${url.replace(/\/$/, '')}/subjects`, {
      signal: AbortSignal.timeout(timeoutMs),
    })
    await response.body?.cancel()
    return response.status < 500 && response.status !== 404 ? undefined : `HTTP ${response.status}`
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : undefined
    return code ?? messageOf(cause)
  }
}
