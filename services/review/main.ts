// The review as a service.

import { serve } from '../../runtime/serve.ts'
import { review } from './review.ts'

await serve(review)
