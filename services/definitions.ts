// Every definition of the review application, for those who create topics or serve all in one.

import { inspection } from './inspection/inspection.ts'
import { review } from './review/review.ts'

export const definitions = [review, inspection.orchestrator, inspection.worker]
