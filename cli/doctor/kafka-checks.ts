/** Kafka and the registry, given or up here, and the topics of the review on them. */

import { givenBackend } from '../../deploy/local/choice.ts'
import { backendStatus } from '../../deploy/local/backend.ts'
import { lineOf, codeOf } from '../exit-code.ts'
import type { Invocation } from '../invocation.ts'
import type { Check } from './doctor.ts'

/** A Kafka that is named has to answer; one that is not up here is started when it is needed. */
export async function checkKafka(invocation: Invocation): Promise<readonly Check[]> {
  const { variables, home } = invocation
  try {
    const given = givenBackend(variables)
    if (given !== undefined) {
      const { givenOf } = await import('../backend.ts')
      await givenOf(variables)
      return [ok('Kafka', `${given.brokers} and ${given.registryUrl} answer`)]
    }
  } catch (error) {
    return [{ name: 'Kafka', state: 'problem', found: lineOf(error), advice: adviceFor(error) }]
  }
  const local = await backendStatus(home)
  if (local === undefined) {
    return [
      {
        name: 'Kafka',
        state: 'note',
        found: 'not up; a review starts it, or `stoa up`',
        advice: '',
      },
    ]
  }
  const where = `${local.brokers} and ${local.registryUrl}`
  return [
    local.answers
      ? ok('Kafka', `${where} answer`)
      : {
          name: 'Kafka',
          state: 'problem',
          found: `${where}: the broker is ${local.broker}, the registry ${local.registry}`,
          advice:
            'stoa up starts what has died, stoa down stops all of it; what they print is in .stoa/data',
        },
  ]
}

/** Topics that are missing are created by the next review; topics that differ need a person. */
export async function checkTopics(invocation: Invocation, isKafkaUp: boolean): Promise<Check> {
  const name = 'topics'
  if (!isKafkaUp) return { name, state: 'note', found: 'not looked at without Kafka', advice: '' }
  try {
    const { findBackend } = await import('../backend.ts')
    const { administered } = await import('../topics/admin.ts')
    const { definitionsIn } = await import('../topics/definitions.ts')
    const { planTopics, refuseMismatch, topicNames } = await import('../topics/plan.ts')
    const backend = await findBackend(invocation)
    const definitions = definitionsIn(await import('../../services/definitions.ts'))
    const existing = await administered(backend, (admin) => admin.describe(topicNames(definitions)))
    refuseMismatch(definitions, existing)
    const planned = planTopics(definitions, existing, { replicationFactor: 1 })
    const of = (wanted: string) => planned.filter(({ state }) => state === wanted).length
    const found = `${of('ok')} as planned, ${of('create')} missing, ${of('differs')} differ`
    if (of('differs') > 0) return { name, state: 'problem', found, advice: 'see stoa topics plan' }
    return of('create') > 0
      ? { name, state: 'note', found: `${found}; a review creates them`, advice: '' }
      : ok(name, found)
  } catch (error) {
    return { name, state: 'problem', found: lineOf(error), advice: adviceFor(error) }
  }
}

function ok(name: string, found: string): Check {
  return { name, state: 'ok', found, advice: '' }
}

function adviceFor(error: unknown): string {
  return codeOf(error) === 'CONFIGURATION_INVALID' ? 'mend the environment' : 'see the message'
}
