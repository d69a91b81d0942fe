/** An id that was given may be that of another review, whose outcome is not an answer to this one. */

import { isDeepStrictEqual } from 'node:util'
import { decodePayload } from '../../runtime/durable/payload.ts'
import type { RunState } from '../../runtime/durable/run-state.ts'
import type { ReviewRequest } from '../../services/contracts/review-request.ts'
import { reviewContract } from '../../services/contracts/review.ts'
import type { Connection } from '../connection.ts'
import { codeOf, CommandError } from '../exit-code.ts'
import { findRun } from '../runs/find.ts'

/**
 * Lets a review go on that was interrupted, and nothing else.
 * @throws CommandError RUN_ENDED when it has ended, RUN_ID_TAKEN when something else was asked for
 */
export async function requireSameReview(
  connection: Connection,
  runId: string,
  request: ReviewRequest,
): Promise<void> {
  const state = await stateOf(connection, runId)
  if (state === undefined) return
  const { name } = reviewContract
  if (state.outcome !== null) {
    throw new CommandError(
      `run ${runId} of '${name}' has ended already: ${state.outcome.status}; see stoa run result ${name} ${runId}, or give another --id`,
      { code: 'RUN_ENDED' },
    )
  }
  if (isDeepStrictEqual(inputOf(state), request)) return
  throw new CommandError(
    `run ${runId} of '${name}' reviews something else, or in another way: give another --id`,
    { code: 'RUN_ID_TAKEN' },
  )
}

async function stateOf(connection: Connection, runId: string): Promise<RunState | undefined> {
  try {
    return (await findRun(connection, reviewContract.name, runId)).state
  } catch (error) {
    if (codeOf(error) === 'RUN_NOT_FOUND') return undefined
    throw error
  }
}

function inputOf({ history }: RunState): unknown {
  const body = history.entries().next().value?.body
  return body?.type === 'RunStarted' ? decodePayload(body.input) : undefined
}
