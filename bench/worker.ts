/** The service under measurement, in a process of its own. */

import { serve } from '../runtime/index.ts'
import { steps } from './definitions.ts'

await serve(steps)
