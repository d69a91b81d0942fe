/** The Kafka that a command talks to: the one the environment names, or the one that is up here. */

import { readEnvironment, type Environment } from '../runtime/environment.ts'
import { LogError } from '../runtime/errors.ts'
import { givenBackend } from '../deploy/local/choice.ts'
import { backendStatus } from '../deploy/local/backend.ts'
import { CommandError } from './exit-code.ts'
import { withoutBackend, type Variables } from './home.ts'
import type { Invocation } from './invocation.ts'
import { requireAnswers } from './reach.ts'

export interface NamedBackend {
  /** What a service on it has to find in its environment. */
  readonly variables: Readonly<Record<string, string>>
  readonly environment: Environment
  /** Started by this command, or one like it, on this machine. */
  readonly isLocal: boolean
}

/** A dead service's partitions are free after this time: the local broker allows short ones. */
const localSessionTimeout = '2 seconds'

/** Returns the Kafka of the environment, which answers, or undefined when none is named. */
export async function givenOf(variables: Variables): Promise<NamedBackend | undefined> {
  if (givenBackend(variables) === undefined) return undefined
  const environment = readEnvironment(variables)
  await requireAnswers(environment)
  return { variables: {}, environment, isLocal: false }
}

/** A Kafka on this machine, by its addresses. */
export function localBackend(
  address: { readonly brokers: string; readonly registryUrl: string },
  variables: Variables,
): NamedBackend {
  const local = {
    KAFKA_BROKERS: address.brokers,
    SCHEMA_REGISTRY_URL: address.registryUrl,
    STOA_SESSION_TIMEOUT: variables['STOA_SESSION_TIMEOUT'] ?? localSessionTimeout,
  }
  return {
    variables: local,
    environment: readEnvironment({ ...withoutBackend(variables), ...local }),
    isLocal: true,
  }
}

/** The Kafka for a command that starts none. @throws CommandError BACKEND_MISSING, LogError */
export async function findBackend({ variables, home }: Invocation): Promise<NamedBackend> {
  const given = await givenOf(variables)
  if (given !== undefined) return given
  const local = await backendStatus(home)
  if (local?.answers === true) return localBackend(local, variables)
  if (local !== undefined) {
    throw new LogError(
      `the local Kafka does not answer (broker ${local.broker}, registry ${local.registry}): start it again by \`stoa up\``,
      { code: 'LOG_UNAVAILABLE' },
    )
  }
  throw new CommandError(
    'there is no Kafka to talk to: start one with `stoa up`, or set KAFKA_BROKERS and SCHEMA_REGISTRY_URL',
    { code: 'BACKEND_MISSING' },
  )
}
