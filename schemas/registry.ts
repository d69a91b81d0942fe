/** A store of schemas over a Confluent-compatible schema registry. */

import { setTimeout as sleep } from 'node:timers/promises'
import { COMPATIBILITY, SchemaRegistry, SchemaType } from '@kafkajs/confluent-schema-registry'
import { LogError, messageOf } from '../runtime/errors.ts'
import { type SchemaStore, unknownSchema } from './codec.ts'

export interface RegistryOptions {
  /** URL of the registry, with its path if it has one. */
  readonly host: string
  readonly auth?: { readonly username: string; readonly password: string }
  /** Attempts before the registry counts as unreachable; default 8, some 15 seconds. */
  readonly attempts?: number
  /** How long one request may take; default 5 seconds. */
  readonly timeoutMs?: number
}

const longestPauseMs = 4_000

/**
 * Registers schemas as backward compatible with every version before, because a journal is kept
 * for as long as it is wanted.
 *
 * Its functions throw LogError REGISTRY_UNAVAILABLE when the registry does not answer, and
 * REGISTRY_REFUSED when it answers with a refusal.
 */
export function registrySchemaStore(options: RegistryOptions): SchemaStore {
  const { host, auth, attempts = 8, timeoutMs = 5_000 } = options
  const registry = new SchemaRegistry({
    host,
    ...(auth !== undefined && { auth }),
    retry: { retries: 0 },
    middlewares: [
      () => ({
        prepareRequest: async (next) => (await next()).enhance({ timeout: timeoutMs }),
      }),
    ],
  })

  async function persistently<T>(what: string, request: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await request()
      } catch (cause) {
        if (isRefusal(cause) && !(isFirstTime(cause) && attempt < attempts))
          throw refused(`${host} refused to ${what}`, cause)
        if (attempt >= attempts) throw unavailable(`${host} did not ${what}`, cause)
        await sleep(Math.min(100 * 2 ** attempt, longestPauseMs))
      }
    }
  }

  return {
    async register(subject, schema) {
      const { id } = await persistently(`register ${subject}`, () =>
        registry.register(
          { type: SchemaType.AVRO, schema },
          { subject, compatibility: COMPATIBILITY.BACKWARD_TRANSITIVE },
        ),
      )
      return id
    },
    async fetch(id) {
      try {
        return JSON.stringify(
          await persistently(`return schema ${id}`, () => registry.getSchema(id)),
        )
      } catch (error) {
        if (error instanceof LogError && statusOf(error.cause) === 404)
          throw unknownSchema(id, error)
        throw error
      }
    },
  }
}

/** Whether asking again would bring the same answer: not there, not allowed, not compatible. */
function isRefusal(cause: unknown): boolean {
  if (cause instanceof Error && cause.name === 'ConfluentSchemaRegistryCompatibilityError')
    return true
  return [401, 403, 404, 409, 422].includes(statusOf(cause) ?? 0)
}

/**
 * Whether several processes may be registering a subject for the first time: one has created it and
 * not yet set its compatibility, or was first to create it.
 */
function isFirstTime(cause: unknown): boolean {
  return cause instanceof Error && /already exists|!= NONE/.test(cause.message)
}

function statusOf(cause: unknown): number | undefined {
  if (typeof cause !== 'object' || cause === null || !('status' in cause)) return undefined
  return typeof cause.status === 'number' ? cause.status : undefined
}

function refused(what: string, cause: unknown): LogError {
  return new LogError(`the schema registry at ${what}: ${messageOf(cause)}`, {
    code: 'REGISTRY_REFUSED',
    cause,
  })
}

function unavailable(what: string, cause: unknown): LogError {
  return new LogError(
    `the schema registry at ${what}: ${messageOf(cause)}; check that it runs and can be reached`,
    { code: 'REGISTRY_UNAVAILABLE', cause },
  )
}
