/** The inspection's orchestrator as a service. */

import { serve } from '../../runtime/index.ts'
import { inspection } from './inspection.ts'

await serve(inspection.orchestrator)
