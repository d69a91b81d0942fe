/** Topics are looked at and created through the adapter's administration. */

import { kafkaTopicAdmin } from '../../runtime/log/kafka/admin.ts'
import type { TopicAdmin } from '../../runtime/log/port.ts'
import { advised } from '../advice.ts'
import type { NamedBackend } from '../backend.ts'

/** Opens the administration, and closes it however what is done with it ends. */
export async function administered<T>(
  backend: NamedBackend,
  act: (admin: TopicAdmin) => Promise<T>,
): Promise<T> {
  const { brokers, ssl, sasl } = backend.environment
  const admin = kafkaTopicAdmin({
    brokers: [...brokers],
    clientId: 'stoa-command',
    ssl,
    ...(sasl !== undefined && { sasl }),
  })
  try {
    return await advised(backend, () => act(admin))
  } finally {
    await admin.close()
  }
}
