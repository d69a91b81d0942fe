/** Every definition of the review application, for those who create topics or serve all in one. */

import { inspection } from './inspection/inspection.ts'
import { review } from './review/review.ts'

/** By the service that serves it. */
export const served = {
  review,
  inspection: inspection.orchestrator,
  inspector: inspection.worker,
}

export const definitions = Object.values(served)
