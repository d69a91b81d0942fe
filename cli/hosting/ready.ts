/** Whether the services do serve: having joined, one still has to read the journals it has got. */

import { z } from 'zod'
import { contract } from '../../runtime/index.ts'
import { partitionFor } from '../../runtime/log/murmur2.ts'
import { definitionTopics } from '../../schemas/index.ts'
import { definitions } from '../../services/definitions.ts'
import type { NamedBackend } from '../backend.ts'
import { openConnection, type Connection } from '../connection.ts'
import { codeOf } from '../exit-code.ts'
import type { Variables } from '../home.ts'

/**
 * Resolves once every partition of the review's definitions is served: its owner is asked for a run
 * that nobody has started, and says so.
 */
export async function untilServed(backend: NamedBackend, variables: Variables): Promise<void> {
  const connection = await openConnection(backend, variables)
  try {
    await Promise.all(definitions.map(({ name }) => ask(connection, name)))
  } finally {
    await connection.close()
  }
}

async function ask({ client, log }: Connection, name: string): Promise<void> {
  const count = await log.partitions(definitionTopics(name).inbox)
  const asked = contract({ name, input: z.unknown(), output: z.unknown() })
  const answers = onePerPartition(count).map((key) =>
    client.get(asked, `nobody-started-${key}`, { key }).result(),
  )
  for (const answer of await Promise.allSettled(answers)) {
    if (answer.status === 'rejected' && codeOf(answer.reason) !== 'RUN_NOT_FOUND') {
      throw answer.reason
    }
  }
}

/** A key for each partition. */
export function onePerPartition(count: number): readonly string[] {
  const keys = new Map<number, string>()
  for (let number = 0; keys.size < count; number++) {
    const partition = partitionFor(String(number), count)
    if (!keys.has(partition)) keys.set(partition, String(number))
  }
  return [...keys.values()]
}
