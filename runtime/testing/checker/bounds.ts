/**
 * J4 and J10 of what is kept: replay is bounded by the state that the newest checkpoint holds, and nothing has been trimmed that
 * a fold still needs.
 */

import { definitionTopics } from '../../../schemas/topics.ts'
import { everyModel, type Facts } from './facts.ts'
import type { JournalModel } from './model.ts'

/** A checkpoint may be on its way, commits are of any size, and runs that have ended count nine times. */
const slack = 4
const slackBytes = 6_000

export function checkBounds(facts: Facts): void {
  const { evidence, report } = facts
  for (const model of everyModel(facts)) {
    const { definition, partition } = model.origin
    const { journal } = definitionTopics(definition)
    const low = evidence.lows?.get(`${journal}/${String(partition)}`) ?? 0n
    if (low > 0n && !model.checkpoints.some(({ begun }) => begun === low)) {
      report(
        'J10',
        `${journal}[${String(partition)}] begins at ${String(low)}, which is not the beginning of a complete checkpoint`,
      )
    }
    const inbox = `${definitionTopics(definition).inbox}/${String(partition)}`
    const inboxLow = evidence.lows?.get(inbox) ?? 0n
    if (inboxLow > model.inboxTaken + 1n) {
      report(
        'J6',
        `${inbox} begins at ${String(inboxLow)}, and only ${String(model.inboxTaken)} is taken in`,
      )
    }
    if (evidence.quietAt === undefined || evidence.checkpointBytes === undefined) continue
    const { since, state } = sizes(model)
    const bound = slack * (evidence.checkpointBytes + 4 * state) + slackBytes
    if (since > bound) {
      report(
        'J4',
        `${journal}[${String(partition)}] has grown by ${String(since)} bytes without a checkpoint; the state has ${String(state)}`,
      )
    }
  }
}

/** Bytes of accepted commits since the newest checkpoint began, and of the state that it holds. */
function sizes({ accepted, checkpoints }: JournalModel): {
  readonly since: number
  readonly state: number
} {
  const newest = checkpoints.at(-1)
  let since = 0
  let state = 0
  for (const { offset, bytes, commit } of accepted) {
    if (newest !== undefined && offset < newest.begun) continue
    since += bytes
    if (newest === undefined || offset > newest.ended) continue
    for (const part of commit.checkpoint) {
      if (part.type === 'RunSnapshot') state += part.state.byteLength
    }
  }
  return { since, state }
}
