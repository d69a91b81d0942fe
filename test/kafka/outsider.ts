/**
 * A client of the cluster that is not ours: kafkajs as anybody has it. What it writes must be read by
 * us, what we write by it, where it errs we must not, and the benchmark has its producer for a floor.
 */

import { Kafka, logLevel, Partitioners, type KafkaConfig } from 'kafkajs'

/** Places keys where any other client does. */
export const createPartitioner = Partitioners.DefaultPartitioner

export function outsider(
  brokers: readonly string[],
  options: Pick<KafkaConfig, 'clientId' | 'retry' | 'socketFactory'> = {},
): Kafka {
  return new Kafka({ ...options, brokers: [...brokers], logLevel: logLevel.NOTHING })
}
