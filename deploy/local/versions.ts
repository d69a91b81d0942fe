/** What the local backend runs, from Maven Central or as images of the same versions. */

export const versions = { kafka: '4.3.1', registry: '3.0.9', log4j: '2.25.5' } as const

/** Kafka 4 and the registry run on nothing older. */
export const oldestJava = 17

export const images = {
  kafka: `apache/kafka:${versions.kafka}`,
  registry: `apicurio/apicurio-registry:${versions.registry}`,
} as const

/** Where the registry speaks Confluent's protocol. */
export const registryPath = '/apis/ccompat/v7'
