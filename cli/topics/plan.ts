/** What there is to do so that definitions have their topics: a function of what was found. */

import { parseDuration } from '../../runtime/duration.ts'
import { UsageError } from '../../runtime/errors.ts'
import {
  deadLettersPlan,
  definitionTopicPlans,
  type TopicPlan,
  type TopicPlanOptions,
} from '../../schemas/index.ts'
import type { DefinitionTopicsSource } from './definitions.ts'

export interface PlannedTopic {
  readonly plan: TopicPlan
  readonly state: 'create' | 'ok' | 'differs'
  /** How what there is differs from the plan, one line each. */
  readonly differences: readonly string[]
}

export interface PlanOptions {
  /** Of each topic; default as it is, or 4. */
  readonly partitions?: number | undefined
  readonly replicationFactor: number
}

/** Plans the topics of definitions, and the one for dead letters. */
export function planTopics(
  definitions: readonly DefinitionTopicsSource[],
  existing: readonly TopicPlan[],
  options: PlanOptions,
): readonly PlannedTopic[] {
  const found = new Map(existing.map((topic) => [topic.name, topic]))
  const planned = definitions.flatMap((definition) =>
    compare(plansOf(definition, options), found, options),
  )
  const deadLetters = deadLettersPlan(topicOptions(options, options.partitions))
  return [...planned, ...compare([deadLetters], found, options)]
}

/** The names of the topics that a plan is about. */
export function topicNames(definitions: readonly DefinitionTopicsSource[]): readonly string[] {
  return planTopics(definitions, [], { replicationFactor: 1 }).map(({ plan }) => plan.name)
}

/**
 * Refuses what no plan can mend: the topics of a definition that differ in their counts place a
 * run's records on different partitions.
 * @throws UsageError TOPIC_MISMATCH
 */
export function refuseMismatch(
  definitions: readonly DefinitionTopicsSource[],
  existing: readonly TopicPlan[],
): void {
  for (const definition of definitions) {
    const topics = topicsOf(definition, existing)
    if (new Set(topics.map(({ partitions }) => partitions)).size <= 1) continue
    const counts = topics.map(({ name, partitions }) => `${name} has ${partitions}`).join(', ')
    throw new UsageError(
      `the topics of '${definition.name}' differ in their partition counts (${counts}): delete the wrong one, or serve the definition under another name`,
      { code: 'TOPIC_MISMATCH' },
    )
  }
}

function compare(
  plans: readonly TopicPlan[],
  found: ReadonlyMap<string, TopicPlan>,
  { partitions }: PlanOptions,
): readonly PlannedTopic[] {
  const counts = plans.flatMap(({ name }) => found.get(name)?.partitions ?? [])
  return plans.map((wanted) => {
    const there = found.get(wanted.name)
    if (there === undefined) {
      // Beside topics that exist, a missing one has to have their count.
      const plan = { ...wanted, partitions: counts[0] ?? wanted.partitions }
      return { plan, state: 'create', differences: [] }
    }
    const expected = partitions ?? Math.max(...counts)
    const differences = differencesOf(there, { ...wanted, partitions: expected })
    const state = differences.length === 0 ? 'ok' : 'differs'
    // As it is, not as it should be: whether it is safe is judged by this.
    const config = { ...wanted.config, ...only(Object.keys(wanted.config), there.config) }
    return { plan: { ...there, config }, state, differences }
  })
}

function only(names: readonly string[], config: TopicPlan['config']): TopicPlan['config'] {
  return Object.fromEntries(Object.entries(config).filter(([name]) => names.includes(name)))
}

function differencesOf(there: TopicPlan, wanted: TopicPlan): readonly string[] {
  const differences = Object.entries(wanted.config).flatMap(([name, value]) => {
    const is = there.config[name] ?? 'not set'
    return isSame(is, value) ? [] : [`${name} is ${is}, planned ${value}`]
  })
  if (there.partitions !== wanted.partitions) {
    differences.unshift(`partitions are ${there.partitions}, planned ${wanted.partitions}`)
  }
  if (there.replicationFactor < wanted.replicationFactor) {
    differences.push(
      `replication is ${there.replicationFactor}, planned ${wanted.replicationFactor}`,
    )
  }
  return differences
}

/** Kafka gives lists back in an order of its own. */
function isSame(left: string, right: string): boolean {
  const sorted = (text: string) => text.split(',').sort().join()
  return sorted(left) === sorted(right)
}

function plansOf(
  { name, resultRetention }: DefinitionTopicsSource,
  options: PlanOptions,
): readonly TopicPlan[] {
  return definitionTopicPlans(name, {
    ...topicOptions(options, options.partitions),
    ...(resultRetention !== undefined && { resultRetentionMs: parseDuration(resultRetention) }),
  })
}

function topicOptions(
  { replicationFactor }: PlanOptions,
  partitions: number | undefined,
): TopicPlanOptions {
  return { replicationFactor, ...(partitions !== undefined && { partitions }) }
}

function topicsOf(
  definition: DefinitionTopicsSource,
  existing: readonly TopicPlan[],
): readonly TopicPlan[] {
  const names = plansOf(definition, { replicationFactor: 1 }).map(({ name }) => name)
  return existing.filter(({ name }) => names.includes(name))
}
