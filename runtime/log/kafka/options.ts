/** How the cluster is reached. */

import type { ISocketFactory, KafkaConfig, logCreator } from 'kafkajs'
import { type Logger, silentLogger } from '../../logger.ts'

export interface PasswordSasl {
  readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'
  readonly username: string
  readonly password: string
}

export interface KafkaOptions {
  /** Addresses to begin with, `host:port`. */
  readonly brokers: readonly string[]
  readonly clientId: string
  readonly ssl?: KafkaConfig['ssl']
  readonly sasl?: KafkaConfig['sasl'] | PasswordSasl
  readonly logger?: Logger
  /** Opens the sockets; for tests that cut them. */
  readonly socketFactory?: ISocketFactory
}

/** What the client library says is detail to us: all of it goes to the logger's debug level. */
export function clientLogger(options: KafkaOptions): logCreator {
  const logger = options.logger ?? silentLogger
  return () =>
    ({ namespace, label, log }) => {
      const { message, timestamp: _, ...fields } = log
      logger.debug({ ...fields, namespace, level: label }, message)
    }
}

/** The credentials as the client library's types want them: one shape for each mechanism. */
export function clientSasl(sasl: KafkaOptions['sasl']): KafkaConfig['sasl'] {
  if (sasl === undefined || !('username' in sasl)) return sasl
  const { username, password } = sasl
  switch (sasl.mechanism) {
    case 'plain':
      return { mechanism: 'plain', username, password }
    case 'scram-sha-256':
      return { mechanism: 'scram-sha-256', username, password }
    case 'scram-sha-512':
      return { mechanism: 'scram-sha-512', username, password }
  }
}
