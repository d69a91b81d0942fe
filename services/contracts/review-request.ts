/** What a review is asked to do. */

import { z } from 'zod'
import { Severity } from './severity.ts'

export const ReviewRequest = z.strictObject({
  directory: z.string().min(1).meta({ description: 'The absolute path of the project.' }),
  policy: z.string().min(1).optional().meta({
    description: 'A policy file, from the project on; else stoa.policy.json if there is one.',
  }),
  out: z.string().min(1).optional().meta({
    description: 'The absolute path of the folder for the report; else the project itself.',
  }),
  node: z
    .int()
    .positive()
    .max(1000)
    .default(24)
    .meta({ description: 'The major version of Node.js that the project runs on.' }),
  failOn: Severity.default('high'),
})
export type ReviewRequest = z.infer<typeof ReviewRequest>
