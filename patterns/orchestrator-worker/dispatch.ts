/**
 * Dispatches tasks to the workers of a pattern and joins their results.
 *
 * 1. Each task is a called run of the worker; its id derives from the orchestrator's run, so a
 *    repeat after a crash is the same run.
 * 2. Dispatch ends when every task has ended, enough results are there, a failure is to be fatal, or
 *    the deadline has come, whichever the journal says was first; then the rest is cancelled.
 */

import type { z } from 'zod'
import {
  CancelledError,
  StoaError,
  TerminalError,
  TimeoutError,
  type Call,
  type Context,
  type Contract,
  type Duration,
} from '../../runtime/index.ts'
import type { Gathered, MissingTask } from './gathered.ts'

export interface DispatchOptions<T> {
  /** Tasks with equal keys go to the same partition. Default: each task's run id. */
  readonly key?: (task: T) => string
  /** From the dispatch on. Default: none. */
  readonly deadline?: Duration
  /** At the deadline: fail with a TimeoutError (default), or return what there is. */
  readonly onLate?: 'fail' | 'partial'
  /** A task that fails: fail with its error (default), or count it as missing. */
  readonly onFailure?: 'fail' | 'partial'
  /** Enough results: the rest is cancelled. Default: all. */
  readonly first?: number
}

type Ending =
  | { readonly by: 'all' | 'first' | 'deadline' }
  | { readonly by: 'failure'; readonly index: number; readonly error: unknown }

type Slot<R> = { readonly value: R } | { readonly error: unknown } | undefined

/** @throws TimeoutError at the deadline, TerminalError of a failed task, CancelledError */
export async function dispatch<T extends z.ZodType, R>(
  ctx: Context,
  worker: Contract<T, z.ZodType<R, R>>,
  tasks: readonly z.input<T>[],
  options: DispatchOptions<z.input<T>>,
): Promise<Gathered<R>> {
  const slots: Slot<R>[] = tasks.map(() => undefined)
  if (tasks.length === 0) return { results: [], missing: [] }
  const { promise: ended, resolve: end } = Promise.withResolvers<Ending>()
  let left = tasks.length
  let completed = 0

  const calls = tasks.map((task) =>
    ctx.call(worker, task, options.key === undefined ? {} : { key: options.key(task) }),
  )
  calls.forEach((call, index) => {
    const settle = (slot: Slot<R>) => {
      slots[index] = slot
      left -= 1
      if (left === 0) end({ by: 'all' })
    }
    call.then(
      (value) => {
        completed += 1
        if (completed === options.first) end({ by: 'first' })
        settle({ value })
      },
      (error: unknown) => {
        const isFatal = options.onFailure !== 'partial' && !(error instanceof CancelledError)
        if (isFatal) end({ by: 'failure', index, error })
        settle({ error })
      },
    )
  })

  const deadline = options.deadline === undefined ? undefined : ctx.sleep(options.deadline)
  const late = deadline?.then((): Ending => ({ by: 'deadline' }))
  const ending = await (late === undefined ? ended : Promise.race([ended, late]))

  const isCancelled = slots.some((slot) => isFailure(slot) && slot.error instanceof CancelledError)
  // Tasks that nobody here cancelled: either somebody cancelled them one by one, or this run.
  if (isCancelled) await (late === undefined ? ctx.sleep(0) : Promise.race([late, ctx.sleep(0)]))
  await cancelOpen(calls, slots)

  if (ending.by === 'failure') throw taskFailure(ending.index, ending.error)
  if (ending.by === 'deadline' && options.onLate !== 'partial') {
    throw new TimeoutError(
      `${String(left)} of ${String(tasks.length)} tasks of run ${ctx.runId} did not end within ${String(options.deadline)}`,
    )
  }
  return gather(slots, ending.by === 'deadline' ? 'late' : 'cancelled')
}

async function cancelOpen<R>(
  calls: readonly Call<unknown>[],
  slots: readonly Slot<R>[],
): Promise<void> {
  await Promise.all(
    calls.filter((_, index) => slots[index] === undefined).map((call) => call.cancel()),
  )
}

function gather<R>(slots: readonly Slot<R>[], open: MissingTask['reason']): Gathered<R> {
  const results: R[] = []
  const missing: MissingTask[] = []
  slots.forEach((slot, index) => {
    if (slot === undefined) missing.push({ index, reason: open })
    else if (isFailure(slot)) missing.push(missingTask(index, slot.error))
    else results.push(slot.value)
  })
  return { results, missing }
}

function missingTask(index: number, error: unknown): MissingTask {
  const reason = error instanceof CancelledError ? 'cancelled' : 'failed'
  if (!(error instanceof StoaError)) return { index, reason, message: String(error) }
  return { index, reason, code: error.code, message: error.message }
}

function taskFailure(index: number, error: unknown): TerminalError {
  const { code, message } = missingTask(index, error)
  return new TerminalError(`task ${String(index)} failed: ${message ?? 'without a message'}`, {
    ...(code === undefined ? {} : { code }),
    cause: error,
  })
}

function isFailure<R>(slot: Slot<R>): slot is { readonly error: unknown } {
  return slot !== undefined && 'error' in slot
}
