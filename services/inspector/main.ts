/** An inspector as a service: as many as there are partitions share the tasks. */

import { serve } from '../../runtime/index.ts'
import { inspection } from '../inspection/inspection.ts'

await serve(inspection.worker)
