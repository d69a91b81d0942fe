/** A program: serves the definition of the test of stopping. */

import { serve } from '../../runtime/index.ts'
import { stopping } from './stopping.ts'

await serve(stopping)
