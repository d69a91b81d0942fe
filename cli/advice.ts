/** What to do about a Kafka that did not do what a command asked of it. */

import { LogError } from '../runtime/errors.ts'
import type { NamedBackend } from './backend.ts'
import { isKafkaThere } from './reach.ts'

/** Calls, and adds what to do where the log turns out to be unavailable. */
export async function advised<T>(backend: NamedBackend, act: () => Promise<T>): Promise<T> {
  try {
    return await act()
  } catch (error) {
    if (!(error instanceof LogError) || error.code !== 'LOG_UNAVAILABLE') throw error
    throw new LogError(`${error.message}; ${await adviceOn(backend)}`, {
      code: error.code,
      cause: error,
    })
  }
}

async function adviceOn({ environment, isLocal }: NamedBackend): Promise<string> {
  const where = environment.brokers.join(',')
  if (await isKafkaThere(environment)) {
    return environment.sasl === undefined && !environment.ssl
      ? `a broker answers at ${where} by now: try again, and see its log if that does not help`
      : `a broker answers at ${where}: check KAFKA_SSL and KAFKA_SASL_*, and see its log`
  }
  return isLocal
    ? `the local Kafka at ${where} does not answer: start it again by \`stoa up\``
    : `no broker answers at ${where}: check KAFKA_BROKERS, and that Kafka runs there`
}
