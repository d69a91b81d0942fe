/** `stoa topics plan` and `stoa topics apply`. */

import { z } from 'zod'
import { findBackend } from '../backend.ts'
import type { Invocation } from '../invocation.ts'
import { count, emit, outputFormat, parsed } from '../options.ts'
import { table } from '../terminal/table.ts'
import { administered } from './admin.ts'
import { loadDefinitions } from './definitions.ts'
import { planTopics, refuseMismatch, topicNames, type PlannedTopic } from './plan.ts'
import { hazardLine, refuseHazards } from './preflight.ts'

const Options = z.object({
  partitions: count('--partitions').optional(),
  replication: count('--replication').optional(),
  development: z.boolean().default(false),
  output: outputFormat,
})

const safeReplication = 3

/** Shows what `apply` would do. */
export async function plan(
  invocation: Invocation,
  module: unknown,
  given: unknown,
): Promise<number> {
  const { options, planned, isDevelopment } = await look(invocation, module, given)
  show(invocation, options.output, planned)
  const hazard = isDevelopment ? undefined : hazardLine(planned.map((topic) => topic.plan))
  if (hazard !== undefined) invocation.terminal.note(`stoa: ${hazard} [CLUSTER_UNSAFE]`)
  return 0
}

/** Creates what is missing. */
export async function apply(
  invocation: Invocation,
  module: unknown,
  given: unknown,
): Promise<number> {
  const { options, planned, backend, isDevelopment } = await look(invocation, module, given)
  refuseHazards(
    planned.map((topic) => topic.plan),
    isDevelopment,
  )
  const missing = planned.filter(({ state }) => state === 'create').map((topic) => topic.plan)
  if (missing.length > 0) await administered(backend, (admin) => admin.create(missing))
  show(invocation, options.output, planned, 'created')
  return 0
}

async function look(invocation: Invocation, module: unknown, given: unknown) {
  const options = parsed(Options, given)
  const path = parsed(z.string().optional(), module)
  const definitions = await loadDefinitions(path, invocation.cwd)
  const backend = await findBackend(invocation)
  const isDevelopment = options.development || backend.isLocal
  const replicationFactor = options.replication ?? (isDevelopment ? 1 : safeReplication)
  const existing = await administered(backend, (admin) => admin.describe(topicNames(definitions)))
  refuseMismatch(definitions, existing)
  const { partitions } = options
  const planned = planTopics(definitions, existing, { partitions, replicationFactor })
  return { options, backend, isDevelopment, planned }
}

function show(
  { terminal }: Invocation,
  format: 'text' | 'json',
  planned: readonly PlannedTopic[],
  created: 'create' | 'created' = 'create',
): void {
  const topics = planned.map(({ plan: topic, state, differences }) => ({
    ...topic,
    state: state === 'create' ? created : state,
    differences,
  }))
  emit(terminal, format, { topics }, () => {
    const { green, yellow, cyan } = terminal.colors
    const painted = { ok: green, differs: yellow, create: cyan, created: green }
    return table(
      ['TOPIC', 'PARTITIONS', 'REPLICAS', 'STATE', ''],
      topics.map(({ name, partitions, replicationFactor, state, differences }) => [
        name,
        String(partitions),
        String(replicationFactor),
        painted[state](state),
        differences.join('; '),
      ]),
      terminal.columns,
    )
  })
}
