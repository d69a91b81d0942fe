/** The environment of a service or client, parsed once; all that is wrong is shown at once. */

import { z } from 'zod'
import { parseDuration } from './duration.ts'
import { defaultSettings } from './durable/kernel.ts'
import { UsageError } from './errors.ts'

const duration = z.string().transform((text, context) => {
  try {
    return parseDuration(/^\d+$/.test(text) ? Number(text) : text)
  } catch {
    context.addIssue({
      code: 'custom',
      message: `'${text}' is not a duration such as '10 seconds'`,
    })
    return z.NEVER
  }
})

const flag = z.enum(['true', 'false']).transform((text) => text === 'true')

const variables = z
  .object({
    KAFKA_BROKERS: z
      .string({ error: 'is not set: give host:port, several with commas' })
      .regex(/^[^\s,]+:\d+(,[^\s,]+:\d+)*$/, 'must be host:port, several with commas'),
    KAFKA_SSL: flag.default(false),
    KAFKA_SASL_MECHANISM: z.enum(['plain', 'scram-sha-256', 'scram-sha-512']).optional(),
    KAFKA_SASL_USERNAME: z.string().optional(),
    KAFKA_SASL_PASSWORD: z.string().optional(),
    SCHEMA_REGISTRY_URL: z.url({ error: 'must be a URL such as http://localhost:8081' }),
    SCHEMA_REGISTRY_USERNAME: z.string().optional(),
    SCHEMA_REGISTRY_PASSWORD: z.string().optional(),
    STOA_INSTANCE_ID: z.string().min(1).optional(),
    STOA_LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
    STOA_GRACE: duration.default(10_000),
    STOA_SESSION_TIMEOUT: duration.default(defaultSettings.sessionTimeoutMs),
    STOA_DEDUPLICATION: duration.default(defaultSettings.deduplicationMs),
    STOA_INBOX_RETENTION: duration.default(defaultSettings.inboxRetentionMs),
    STOA_KEEP_HISTORY: flag.default(defaultSettings.keepsHistory),
    STOA_CHECKPOINT_BYTES: z.coerce.number().int().min(1).default(defaultSettings.checkpointBytes),
  })
  .superRefine((values, context) => {
    const hasMechanism = values.KAFKA_SASL_MECHANISM !== undefined
    for (const name of ['KAFKA_SASL_USERNAME', 'KAFKA_SASL_PASSWORD'] as const) {
      if (hasMechanism === (values[name] !== undefined)) continue
      const message = hasMechanism
        ? 'is not set, and KAFKA_SASL_MECHANISM is'
        : 'is set, and KAFKA_SASL_MECHANISM is not'
      context.addIssue({ code: 'custom', path: [name], message })
    }
  })

export interface Credentials {
  readonly username: string
  readonly password: string
}

export interface Environment {
  readonly brokers: readonly string[]
  readonly ssl: boolean
  readonly sasl:
    (Credentials & { readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512' }) | undefined
  readonly registryUrl: string
  readonly registryCredentials: Credentials | undefined
  readonly instanceId: string | undefined
  readonly logLevel: string
  readonly graceMs: number
  readonly sessionTimeoutMs: number
  readonly deduplicationMs: number
  readonly inboxRetentionMs: number
  readonly keepsHistory: boolean
  readonly checkpointBytes: number
}

/** Reads the environment. @throws UsageError CONFIGURATION_INVALID naming every fault */
export function readEnvironment(
  source: Readonly<Record<string, string | undefined>> = process.env,
): Environment {
  const present = Object.entries(source).filter(([, value]) => value !== undefined && value !== '')
  const parsed = variables.safeParse(Object.fromEntries(present))
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => `  ${issue.path.join('.')} ${issue.message}`)
    throw new UsageError(`the environment does not configure the service:\n${faults.join('\n')}`, {
      code: 'CONFIGURATION_INVALID',
    })
  }
  const values = parsed.data
  const { KAFKA_SASL_MECHANISM: mechanism } = values
  const sasl = credentialsOf(values.KAFKA_SASL_USERNAME, values.KAFKA_SASL_PASSWORD)
  return {
    brokers: values.KAFKA_BROKERS.split(','),
    ssl: values.KAFKA_SSL,
    sasl: mechanism !== undefined && sasl !== undefined ? { mechanism, ...sasl } : undefined,
    registryUrl: values.SCHEMA_REGISTRY_URL,
    registryCredentials: credentialsOf(
      values.SCHEMA_REGISTRY_USERNAME,
      values.SCHEMA_REGISTRY_PASSWORD,
    ),
    instanceId: values.STOA_INSTANCE_ID,
    logLevel: values.STOA_LOG_LEVEL,
    graceMs: values.STOA_GRACE,
    sessionTimeoutMs: values.STOA_SESSION_TIMEOUT,
    deduplicationMs: values.STOA_DEDUPLICATION,
    inboxRetentionMs: values.STOA_INBOX_RETENTION,
    keepsHistory: values.STOA_KEEP_HISTORY,
    checkpointBytes: values.STOA_CHECKPOINT_BYTES,
  }
}

function credentialsOf(
  username: string | undefined,
  password: string | undefined,
): Credentials | undefined {
  return username === undefined || password === undefined ? undefined : { username, password }
}
