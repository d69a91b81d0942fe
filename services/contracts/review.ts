/**
 * The review as its callers see it. The report itself is a file: it may be larger than a record.
 */

import { z } from 'zod'
import { contract } from '../../runtime/index.ts'
import { Counts, Verdict } from './report.ts'
import { ReviewRequest } from './review-request.ts'

export const ReviewOutcome = z.strictObject({
  verdict: Verdict,
  counts: Counts,
  report: z.strictObject({ json: z.string(), markdown: z.string() }).meta({
    description: 'Where the report was written.',
  }),
})
export type ReviewOutcome = z.infer<typeof ReviewOutcome>

export const reviewContract = contract({
  name: 'review',
  input: ReviewRequest,
  output: ReviewOutcome,
})
