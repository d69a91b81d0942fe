/** The public entry point `stoa/patterns`. */

export {
  orchestrationContract,
  orchestratorWorker,
  type Orchestration,
  type OrchestratorContext,
  type OrchestratorWorkerOptions,
} from './orchestrator-worker/orchestrator-worker.ts'
export type { DispatchOptions } from './orchestrator-worker/dispatch.ts'
export type { Gathered, MissingTask } from './orchestrator-worker/gathered.ts'
