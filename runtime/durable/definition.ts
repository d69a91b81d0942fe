/**
 * Definitions are plain values: a contract (name, version, schemas) and, for those that are served
 * here, the code. A contract alone is enough to call a definition that another service serves.
 */

import type { z } from 'zod'
import type { Duration } from '../duration.ts'
import { UsageError } from '../errors.ts'
import type { Context } from './context.ts'

/** What a caller knows of a definition. */
export interface Contract<I extends z.ZodType, O extends z.ZodType> {
  readonly name: string
  readonly version: string
  readonly input: I
  readonly output: O
}

export interface ContractOptions<I extends z.ZodType, O extends z.ZodType> {
  /** Names the topics `<name>.inbox`, `.journal` and `.results`: letters, digits, '-' and '_'. */
  readonly name: string
  /** Runs are pinned to the version that started them. Default '1'. */
  readonly version?: string
  readonly input: I
  readonly output: O
}

/** A named, typed value sent to a run from outside. */
export interface Signal<S extends z.ZodType> {
  readonly name: string
  readonly schema: S
}

export interface Workflow<I extends z.ZodType, O extends z.ZodType> extends Contract<I, O> {
  readonly signals: readonly Signal<z.ZodType>[]
  readonly concurrency: number
  readonly resultRetention: Duration | undefined
  run(ctx: Context, input: z.output<I>): Promise<z.input<O>>
}

export type AnyContract = Contract<z.ZodType, z.ZodType>
export type AnyWorkflow = Workflow<z.ZodType, z.ZodType>

export interface WorkflowOptions<I extends z.ZodType, O extends z.ZodType> extends ContractOptions<
  I,
  O
> {
  /** Signals checked when they arrive; others are checked by the wait that takes them. */
  readonly signals?: readonly Signal<z.ZodType>[]
  /** Runs busy at once in one process; when full, the inbox waits. Default 1,000. */
  readonly concurrency?: number
  /** How long the outcome of a run can be read. Default 7 days. */
  readonly resultRetention?: Duration
  /** Deterministic code around durable operations; what it does to the world stands in steps. */
  run(ctx: Context, input: z.output<I>): Promise<z.input<O>>
}

/**
 * Declares a definition that is served elsewhere, so that it can be called from here.
 * @throws UsageError CONFIGURATION_INVALID when the name cannot name topics
 */
export function contract<I extends z.ZodType, O extends z.ZodType>(
  options: ContractOptions<I, O>,
): Contract<I, O> {
  return {
    name: validName(options.name),
    version: options.version ?? '1',
    input: options.input,
    output: options.output,
  }
}

/** Defines a durable function. @throws UsageError CONFIGURATION_INVALID for an unusable name */
export function workflow<I extends z.ZodType, O extends z.ZodType>(
  options: WorkflowOptions<I, O>,
): Workflow<I, O> {
  const concurrency = options.concurrency ?? 1_000
  if (!Number.isInteger(concurrency) || concurrency < 1) {
    throw new UsageError(
      `concurrency of '${options.name}' is ${String(concurrency)}: give a whole number from 1`,
      { code: 'CONFIGURATION_INVALID' },
    )
  }
  return {
    ...contract(options),
    signals: options.signals ?? [],
    concurrency,
    resultRetention: options.resultRetention,
    run: (ctx, input) => options.run(ctx, input),
  }
}

/** Declares a signal. */
export function signal<S extends z.ZodType>(name: string, schema: S): Signal<S> {
  return { name, schema }
}

function validName(name: string): string {
  if (/^[a-zA-Z0-9][a-zA-Z0-9_-]{0,199}$/.test(name)) return name
  throw new UsageError(
    `'${name}' cannot name topics: use letters, digits, '-' and '_', starting with a letter or digit`,
    { code: 'CONFIGURATION_INVALID' },
  )
}
