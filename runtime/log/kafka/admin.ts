/**
 * Administration of topics, through kafkajs's own admin client. With it comes the whole of kafkajs,
 * which a service does without.
 */

import kafkajs from 'kafkajs'
import type { TopicAdmin, TopicPlan } from '../port.ts'
import { unavailable } from './errors.ts'
import { clientLogger, clientSasl, type KafkaOptions } from './options.ts'
import { calmRequestQueue, openSocket } from './patches.ts'
import { persist } from './retry.ts'

const { ConfigResourceTypes, Kafka, logLevel } = kafkajs

const visibleWithinMs = 10_000

/** Connects when it is first used. Its functions throw LogError LOG_UNAVAILABLE. */
export function kafkaTopicAdmin(options: KafkaOptions): TopicAdmin {
  calmRequestQueue()
  const { clientId, ssl } = options
  const sasl = clientSasl(options.sasl)
  const kafka = new Kafka({
    brokers: [...options.brokers],
    clientId,
    ...(ssl !== undefined && { ssl }),
    ...(sasl !== undefined && { sasl }),
    socketFactory: options.socketFactory ?? openSocket,
    logLevel: logLevel.INFO,
    logCreator: clientLogger(options),
    retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries: 10 },
  })
  const admin = kafka.admin()
  let connecting: Promise<void> | undefined

  async function ask<T>(what: string, request: () => Promise<T>): Promise<T> {
    try {
      await (connecting ??= admin.connect())
      return await request()
    } catch (cause) {
      connecting = undefined
      throw unavailable(`could not ${what}`, cause)
    }
  }

  return {
    describe: (names) =>
      ask('describe topics', async () => {
        const existing = new Set(await admin.listTopics())
        const topics = names.filter((name) => existing.has(name))
        if (topics.length === 0) return []

        const [metadata, configs] = await Promise.all([
          admin.fetchTopicMetadata({ topics }),
          admin.describeConfigs({
            includeSynonyms: false,
            resources: topics.map((name) => ({ type: ConfigResourceTypes.TOPIC, name })),
          }),
        ])
        return topics.map((name): TopicPlan => {
          const partitions = metadata.topics.find((topic) => topic.name === name)?.partitions ?? []
          const entries = configs.resources.find((r) => r.resourceName === name)?.configEntries
          return {
            name,
            partitions: partitions.length,
            replicationFactor: partitions[0]?.replicas.length ?? 0,
            config: Object.fromEntries(
              (entries ?? []).map(({ configName, configValue }) => [configName, configValue]),
            ),
          }
        })
      }),
    create: (plans) =>
      ask('create topics', async () => {
        const existing = new Set(await admin.listTopics())
        const topics = plans.filter(({ name }) => !existing.has(name)).map(topicRequest)
        if (topics.length === 0) return
        await admin.createTopics({ topics, waitForLeaders: false })
        // Whoever asks next may ask a broker that has not heard of them yet.
        const names = topics.map(({ topic }) => topic)
        await persist({ what: 'see the new topics', forMs: visibleWithinMs }, () =>
          admin.fetchTopicMetadata({ topics: names }),
        )
      }),
    close: async () => {
      await admin.disconnect().catch(() => undefined)
    },
  }
}

function topicRequest({ name, partitions, replicationFactor, config }: TopicPlan) {
  return {
    topic: name,
    numPartitions: partitions,
    replicationFactor,
    configEntries: Object.entries(config).map(([key, value]) => ({ name: key, value })),
  }
}
