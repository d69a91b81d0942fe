/**
 * Orchestrator-worker: the orchestrator splits a request into tasks, workers perform them, the
 * orchestrator joins the results. Two definitions, each served by its own service: the tasks stand
 * in the worker's inbox, keyed onto its partitions, and the workers are one consumer group.
 */

import type { z } from 'zod'
import {
  contract,
  workflow,
  type Context,
  type Contract,
  type Workflow,
} from '../../runtime/index.ts'
import { dispatch, type DispatchOptions } from './dispatch.ts'
import { gatheredSchema, type Gathered, type GatheredSchema } from './gathered.ts'

export interface OrchestratorContext<T extends z.ZodType, R> extends Context {
  /** Has the tasks performed and joins their results, in the order of the tasks. */
  dispatch(
    tasks: readonly z.input<T>[],
    options?: DispatchOptions<z.input<T>>,
  ): Promise<Gathered<R>>
}

export interface OrchestratorWorkerOptions<Q extends z.ZodType, T extends z.ZodType, R> {
  /** Names the orchestrator's topics; those of the worker begin with `<name>-worker`. */
  readonly name: string
  /** Default '1'. */
  readonly version?: string
  readonly request: Q
  readonly task: T
  /** What a task brings, the same before and after it is checked: a schema without transforms. */
  readonly result: z.ZodType<R, R>
  /** Tasks performed at once in one worker process. Default 16. */
  readonly concurrency?: number
  orchestrate(ctx: OrchestratorContext<T, R>, request: z.output<Q>): Promise<Gathered<R>>
  work(ctx: Context, task: z.output<T>): Promise<R>
}

/** Callable as a definition; its two parts are for `serve()`. */
export interface Orchestration<Q extends z.ZodType, T extends z.ZodType, R> extends Contract<
  Q,
  GatheredSchema<R>
> {
  readonly orchestrator: Workflow<Q, GatheredSchema<R>>
  readonly worker: Workflow<T, z.ZodType<R, R>>
}

/** The contract of an orchestrator that another service serves. */
export function orchestrationContract<Q extends z.ZodType, R>(options: {
  readonly name: string
  readonly version?: string
  readonly request: Q
  readonly result: z.ZodType<R, R>
}): Contract<Q, GatheredSchema<R>> {
  const { name, version = '1', request, result } = options
  return contract({ name, version, input: request, output: gatheredSchema(result) })
}

/** Defines an orchestrator and its workers. */
export function orchestratorWorker<Q extends z.ZodType, T extends z.ZodType, R>(
  options: OrchestratorWorkerOptions<Q, T, R>,
): Orchestration<Q, T, R> {
  const { name, version = '1' } = options
  const worker = workflow({
    name: `${name}-worker`,
    version,
    input: options.task,
    output: options.result,
    concurrency: options.concurrency ?? 16,
    run: (ctx, task) => options.work(ctx, task),
  })
  const called = orchestrationContract(options)
  const orchestrator = workflow({
    ...called,
    run: (ctx, request) =>
      options.orchestrate(
        {
          ...ctx,
          // Getters of the context, which a spread would freeze.
          get logger() {
            return ctx.logger
          },
          dispatch: (tasks, dispatchOptions = {}) => dispatch(ctx, worker, tasks, dispatchOptions),
        },
        request,
      ),
  })
  return { ...called, orchestrator, worker }
}
