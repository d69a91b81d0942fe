/** An id that was given may be that of another review, whose outcome is not an answer to this one. */

import { isDeepStrictEqual } from 'node:util'
import { decodePayload } from '../../runtime/durable/payload.ts'
import type { ReviewRequest } from '../../services/contracts/review-request.ts'
import { reviewContract } from '../../services/contracts/review.ts'
import type { Connection } from '../connection.ts'
import { codeOf, CommandError } from '../exit-code.ts'
import { findRun, type FoundRun } from '../runs/find.ts'

/**
 * Lets a review go on that was interrupted, or be told that has been completed, and nothing else.
 * @throws CommandError RUN_ENDED when it has failed or was cancelled, RUN_ID_TAKEN when something else was asked for
 */
export async function requireSameReview(
  connection: Connection,
  runId: string,
  request: ReviewRequest,
): Promise<void> {
  const found = await find(connection, runId)
  if (found?.state === undefined) return
  const { name } = reviewContract
  const { outcome } = found.state
  if (outcome !== null && outcome.status !== 'completed') {
    throw new CommandError(
      `run ${runId} of '${name}' has ended already: ${outcome.status}; see stoa run result ${name} ${runId}, or give another --id`,
      { code: 'RUN_ENDED' },
    )
  }
  if (isDeepStrictEqual(inputOf(found), request)) return
  throw new CommandError(
    `run ${runId} of '${name}' reviews something else, or in another way: give another --id`,
    { code: 'RUN_ID_TAKEN' },
  )
}

async function find(connection: Connection, runId: string): Promise<FoundRun | undefined> {
  try {
    return await findRun(connection, reviewContract.name, runId)
  } catch (error) {
    if (codeOf(error) === 'RUN_NOT_FOUND') return undefined
    throw error
  }
}

function inputOf({ history }: FoundRun): unknown {
  const body = history[0]?.entry.body
  return body?.type === 'RunStarted' ? decodePayload(body.input) : undefined
}
