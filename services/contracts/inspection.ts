/** The inspection as its callers see it: packages in, facts out. */

import { z } from 'zod'
import { orchestrationContract } from '../../patterns/index.ts'
import { PackageRef } from './dependency-tree.ts'
import { PackageFacts } from './package-facts.ts'

export const inspectionParts = {
  name: 'inspection',
  request: z.strictObject({ packages: z.array(PackageRef) }),
  task: PackageRef,
  result: PackageFacts,
}

export const inspectionContract = orchestrationContract(inspectionParts)
