/**
 * A store of schemas over a Confluent-compatible schema registry. Of the registry's client only the
 * part that speaks HTTP is loaded: the rest brings Protobuf and JSON Schema, and is no use to us.
 */

import { setTimeout as sleep } from 'node:timers/promises'
import registryApi from '@kafkajs/confluent-schema-registry/dist/api/index.js'
import { z } from 'zod'
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
const compatibility = 'BACKWARD_TRANSITIVE'

const Registered = z.object({ id: z.number() })
const Config = z.object({ compatibilityLevel: z.string().toUpperCase() })
const Found = z.object({ schema: z.string() })

/** What the client makes of an answer. */
interface Answer {
  data(): unknown
}

/**
 * Registers schemas as backward compatible with every version before, because a journal is kept
 * for as long as it is wanted.
 *
 * Its functions throw LogError REGISTRY_UNAVAILABLE when the registry does not answer, and
 * REGISTRY_REFUSED when it answers with a refusal.
 */
export function registrySchemaStore(options: RegistryOptions): SchemaStore {
  const { host, auth, attempts = 8, timeoutMs = 5_000 } = options
  const { Schema, Subject } = registryApi.default({
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
    register(subject, schema) {
      return persistently(`register ${subject}`, async () => {
        const body = { schema }
        // Most often it was registered long ago: both questions take the time of one.
        const [known, config] = await Promise.all([
          ifThere(Subject.registered({ subject, body })),
          ifThere(Subject.config({ subject })),
        ])
        const level = config === undefined ? undefined : levelOf(config)
        if (level !== undefined && level !== compatibility) throw new OtherCompatibility(level)
        if (known !== undefined && level !== undefined) return Registered.parse(known).id
        const { id } = Registered.parse(await dataOf(Subject.register({ subject, body })))
        if (level === undefined) {
          await Subject.updateConfig({ subject, body: { compatibility } })
        }
        return id
      })
    },
    async fetch(id) {
      try {
        const find = () => dataOf(Schema.find({ id }))
        return Found.parse(await persistently(`return schema ${id}`, find)).schema
      } catch (error) {
        if (error instanceof LogError && statusOf(error.cause) === 404)
          throw unknownSchema(id, error)
        throw error
      }
    },
  }
}

async function dataOf(answer: Promise<Answer>): Promise<unknown> {
  return (await answer).data()
}

/** What the registry has; undefined when it says that it is not there. */
async function ifThere(answer: Promise<Answer>): Promise<unknown> {
  try {
    return await dataOf(answer)
  } catch (cause) {
    if (statusOf(cause) === 404) return undefined
    throw cause
  }
}

function levelOf(config: unknown): string {
  return Config.parse(config).compatibilityLevel
}

class OtherCompatibility extends Error {
  readonly level: string

  constructor(level: string) {
    super(`the compatibility of the subject is ${level}, and must be ${compatibility}`)
    this.level = level
  }
}

/** Whether asking again would bring the same answer: not there, not allowed, not compatible. */
function isRefusal(cause: unknown): boolean {
  if (cause instanceof OtherCompatibility) return true
  return [401, 403, 404, 409, 422].includes(statusOf(cause) ?? 0)
}

/**
 * Whether several processes may be registering a subject for the first time: one has created it and
 * not yet set its compatibility, or was first to create it.
 */
function isFirstTime(cause: unknown): boolean {
  if (cause instanceof OtherCompatibility) return cause.level === 'NONE'
  return cause instanceof Error && cause.message.includes('already exists')
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
