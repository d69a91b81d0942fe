/** The inspection: one task for each package, performed by the inspectors. */

import { orchestratorWorker } from '../../patterns/index.ts'
import { inspectionParts } from '../contracts/inspection.ts'
import { inspectPackage } from './inspect-package.ts'

export const inspection = orchestratorWorker({
  ...inspectionParts,
  concurrency: 32,
  orchestrate: (ctx, { packages }) =>
    ctx.dispatch(packages, { key: (ref) => ref.name, deadline: '30 minutes' }),
  work: (ctx, ref) =>
    ctx.step('inspect', (step) => inspectPackage(ref, { signal: step.abortSignal })),
})
