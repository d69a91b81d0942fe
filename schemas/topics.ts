/**
 * The topics of a definition, by name and as they are to be created. Inbox, journal and results of a
 * definition are co-partitioned: the same count, placed by the same key.
 */

/** A topic as it is to be. */
export interface TopicPlan {
  readonly name: string
  readonly partitions: number
  readonly replicationFactor: number
  readonly config: Readonly<Record<string, string>>
}

export interface DefinitionTopics {
  readonly inbox: string
  readonly journal: string
  readonly results: string
}

export interface TopicPlanOptions {
  /** Default 4. */
  readonly partitions?: number
  readonly replicationFactor: number
  /** How long a result can be read; default 7 days. */
  readonly resultRetentionMs?: number
}

export const deadLettersTopic = 'dead-letters'
export const defaultPartitions = 4

const inboxSuffix = '.inbox'
const dayMs = 86_400_000
/** A payload may have 4 MiB, and a record carries it with what belongs to it. */
const recordBytes = 8 * 1024 * 1024

/** The names of a definition's topics. */
export function definitionTopics(definition: string): DefinitionTopics {
  return {
    inbox: `${definition}${inboxSuffix}`,
    journal: `${definition}.journal`,
    results: `${definition}.results`,
  }
}

/** The definition that a topic is the inbox of, if it is one. */
export function definitionOfInbox(topic: string): string | undefined {
  return topic.endsWith(inboxSuffix) ? topic.slice(0, -inboxSuffix.length) : undefined
}

/** What `stoa topics apply` creates for a definition. */
export function definitionTopicPlans(
  definition: string,
  options: TopicPlanOptions,
): readonly TopicPlan[] {
  const { inbox, journal, results } = definitionTopics(definition)
  const forEver = { 'cleanup.policy': 'delete', 'retention.ms': '-1', 'retention.bytes': '-1' }
  return [
    // Trimmed by its owner once taken in: by time alone, a message could go before it is read.
    topicPlan(inbox, forEver, options),
    // Never compacted: compaction keeps the last write, which may be that of a fenced owner.
    topicPlan(journal, forEver, options),
    topicPlan(
      results,
      {
        'cleanup.policy': 'compact,delete',
        'retention.ms': String(options.resultRetentionMs ?? 7 * dayMs),
      },
      options,
    ),
  ]
}

/** The one topic of all definitions for what could not be processed. */
export function deadLettersPlan(options: Omit<TopicPlanOptions, 'resultRetentionMs'>): TopicPlan {
  return topicPlan(
    deadLettersTopic,
    { 'cleanup.policy': 'delete', 'retention.ms': String(30 * dayMs) },
    options,
  )
}

/** A topic of any purpose with what every topic of the platform has in common. */
export function topicPlan(
  name: string,
  config: Readonly<Record<string, string>>,
  options: Omit<TopicPlanOptions, 'resultRetentionMs'>,
): TopicPlan {
  return {
    name,
    partitions: options.partitions ?? defaultPartitions,
    replicationFactor: options.replicationFactor,
    config: {
      'max.message.bytes': String(recordBytes),
      // As it was written: a broker that compresses anew might do so in a way that is not read here.
      'compression.type': 'producer',
      // Whatever the cluster's default is: a leader that lacks records would end runs differently.
      'unclean.leader.election.enable': 'false',
      ...config,
      ...(options.replicationFactor >= 3 && { 'min.insync.replicas': '2' }),
    },
  }
}
