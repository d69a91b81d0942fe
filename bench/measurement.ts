/** A group of figures that are taken together, on a broker of their own. */

import type { AnyWorkflow } from '../runtime/index.ts'
import type { Figure } from './figure.ts'
import type { Options } from './options.ts'
import type { Stage } from './stage.ts'

export interface Measurement {
  readonly name: string
  /** What its workers serve. */
  readonly definitions: readonly AnyWorkflow[]
  /** Default 4. */
  readonly partitions?: number
  measure(stage: Stage, options: Options): Promise<readonly Figure[]>
}
