/** The public entry point `stoa`. */

export { connect, type ConnectOptions } from './connect.ts'
export { serve } from './serve.ts'
export type { Client, ResultOptions, RunHandle, RunOptions } from './durable/client.ts'
export type {
  Call,
  CallOptions,
  Context,
  RetryPolicy,
  StartOptions,
  StepContext,
  StepOptions,
} from './durable/context.ts'
export {
  contract,
  signal,
  workflow,
  type AnyContract,
  type AnyWorkflow,
  type Contract,
  type ContractOptions,
  type Signal,
  type Workflow,
  type WorkflowOptions,
} from './durable/definition.ts'
export type { RunSummary } from './durable/inspect.ts'
export { parseDuration, type Duration } from './duration.ts'
export {
  CancelledError,
  errorCodes,
  FencedError,
  LogError,
  NondeterminismError,
  RetryableError,
  StoaError,
  TerminalError,
  TimeoutError,
  UsageError,
  type ErrorCode,
  type ErrorOptions,
} from './errors.ts'
export type { Logger } from './logger.ts'
