/** The review as a service. */

import { serve } from '../../runtime/index.ts'
import { review } from './review.ts'

await serve(review)
