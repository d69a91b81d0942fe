/**
 * The operations of a run: everything its code asked of the context, numbered in the order of
 * asking. The number and the name are what a journal and the code are compared by.
 */

import { assertNever } from '../assert-never.ts'
import { NondeterminismError } from '../errors.ts'
import type { Entry, EntryBody } from '../../schemas/records.ts'
import type { StepContext, StepOptions } from './context.ts'

export type OperationKind =
  'step' | 'sleep' | 'wait' | 'call' | 'start' | 'cancel' | 'publish' | 'continue'

export interface StepBody {
  readonly run: (step: StepContext) => unknown
  readonly options: StepOptions
}

export interface Operation {
  readonly index: number
  readonly kind: OperationKind
  /** The step's, signal's, definition's or topic's name. */
  readonly name: string
  /** The entry that asks for it, unless it is a step; null once that entry is known to exist. */
  request: EntryBody | null
  readonly body: StepBody | null
  resolve(value: unknown): void
  reject(error: Error): void
}

/** What the code asks for: its entry is made once the operation has its number. */
export interface OperationRequest {
  readonly kind: OperationKind
  readonly name: string
  readonly request: (index: number) => EntryBody | null
  readonly body?: StepBody
}

/** Operation kind, index and name that an entry speaks of; null when it speaks of none. */
export function operationOf(
  entry: Entry,
): { readonly kind: OperationKind; readonly index: number; readonly name: string } | null {
  const { body } = entry
  switch (body.type) {
    case 'StepCompleted':
    case 'StepFailed':
      return { kind: 'step', index: body.index, name: body.name }
    case 'TimerSet':
      return { kind: 'sleep', index: body.index, name: body.name }
    case 'WaitStarted':
      return { kind: 'wait', index: body.index, name: body.name }
    case 'CallRequested':
      return { kind: body.detached ? 'start' : 'call', index: body.index, name: body.name }
    case 'CallCancelled':
      return { kind: 'cancel', index: body.index, name: body.name }
    case 'Published':
      return { kind: 'publish', index: body.index, name: body.name }
    case 'RunStarted':
    case 'RunContinued':
    case 'RunCompleted':
    case 'RunFailed':
    case 'RunCancelled':
    case 'RunParked':
    case 'RunResumed':
    case 'TimerFired':
    case 'SignalReceived':
    case 'CallCompleted':
    case 'CancelRequested':
      return null
    default:
      return assertNever(body)
  }
}

/** The operations asked for and not settled yet. */
export class Operations {
  readonly #open = new Map<number, Operation>()
  #next: number

  constructor(first: number) {
    this.#next = first
  }

  /** Index of the next operation to be asked for. */
  get next(): number {
    return this.#next
  }

  get size(): number {
    return this.#open.size
  }

  /** Gives what is asked for its number, and a promise of its outcome. */
  add(request: OperationRequest): {
    readonly operation: Operation
    readonly promise: Promise<unknown>
  } {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>()
    const index = this.#next
    const operation: Operation = {
      index,
      kind: request.kind,
      name: request.name,
      request: request.request(index),
      body: request.body ?? null,
      resolve,
      reject: (error) => {
        // A loser of a race is nobody's to handle.
        promise.catch(() => undefined)
        reject(error)
      },
    }
    this.#next += 1
    this.#open.set(index, operation)
    return { operation, promise }
  }

  open(): readonly Operation[] {
    return [...this.#open.values()]
  }

  get(index: number): Operation | undefined {
    return this.#open.get(index)
  }

  settle(index: number): void {
    this.#open.delete(index)
  }

  /**
   * The open operation that an entry speaks of; undefined when it has been settled before.
   * @throws NondeterminismError when the code asked for another one, or has not asked yet
   */
  matching(entry: Entry): Operation | undefined {
    const recorded = operationOf(entry)
    if (recorded === null) return undefined
    const there = `${recorded.kind} '${recorded.name}'`
    if (recorded.index >= this.#next) {
      throw new NondeterminismError(
        `run ${entry.runId} does not match its journal: operation ${String(recorded.index)} is ${there} in the journal (seq ${String(entry.seq)}), and the code does not ask for it`,
        { details: { index: recorded.index, seq: entry.seq, journal: there, code: null } },
      )
    }
    const operation = this.#open.get(recorded.index)
    if (operation === undefined) return undefined
    if (operation.kind !== recorded.kind || operation.name !== recorded.name) {
      const here = `${operation.kind} '${operation.name}'`
      throw new NondeterminismError(
        `run ${entry.runId} does not match its journal: operation ${String(recorded.index)} is ${there} in the journal (seq ${String(entry.seq)}) and ${here} in the code`,
        { details: { index: recorded.index, seq: entry.seq, journal: there, code: here } },
      )
    }
    return operation
  }
}
