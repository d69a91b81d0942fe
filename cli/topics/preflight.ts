/** Whether a cluster keeps what it has acknowledged, as far as its topics tell. */

import type { TopicPlan } from '../../schemas/index.ts'
import { CommandError } from '../exit-code.ts'

const fewestReplicas = 3
const fewestInSync = 2

/** What can lose acknowledged records, one line each; none when nothing can. */
export function hazards(topics: readonly TopicPlan[]): readonly string[] {
  const lines = topics.flatMap(({ name, replicationFactor, config }) => {
    const inSync = Number(config['min.insync.replicas'] ?? fewestInSync)
    return [
      ...(replicationFactor < fewestReplicas
        ? [`${name} has ${counted(replicationFactor, 'replica')}, fewer than ${fewestReplicas}`]
        : []),
      ...(inSync < fewestInSync
        ? [
            `${name} acknowledges with ${counted(inSync, 'replica')} in sync, fewer than ${fewestInSync}`,
          ]
        : []),
      ...(config['unclean.leader.election.enable'] === 'true'
        ? [`${name} may elect a leader that lacks records (unclean.leader.election.enable)`]
        : []),
    ]
  })
  return lines
}

/** The hazards in one line, or undefined when there are none. */
export function hazardLine(topics: readonly TopicPlan[]): string | undefined {
  const [first, ...others] = hazards(topics)
  if (first === undefined) return undefined
  const rest = others.length === 0 ? '' : ` (and ${others.length} more like it)`
  return `the cluster can lose acknowledged records: ${first}${rest}; mend that, or say --development`
}

/** @throws CommandError CLUSTER_UNSAFE, unless it is for development */
export function refuseHazards(topics: readonly TopicPlan[], isDevelopment: boolean): void {
  const line = hazardLine(topics)
  if (isDevelopment || line === undefined) return
  throw new CommandError(line, { code: 'CLUSTER_UNSAFE' })
}

function counted(count: number, noun: string): string {
  return count === 1 ? `1 ${noun}` : `${count} ${noun}s`
}
