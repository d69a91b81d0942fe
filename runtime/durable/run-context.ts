/** The context handed to the code of a run: every operation becomes a question to its execution. */

import type { z } from 'zod'
import { parseDuration } from '../duration.ts'
import { TerminalError } from '../errors.ts'
import { checked } from './checked.ts'
import type { Call, CallOptions, Context, StartOptions, StepOptions } from './context.ts'
import type { AnyContract, Signal } from './definition.ts'
import type { Execution } from './execution.ts'
import { encodePayload } from './payload.ts'

export function runContext(execution: Execution): Context {
  const { runId } = execution

  function waitFor<S extends z.ZodType>(signal: Signal<S>): Promise<z.output<S>>
  function waitFor<S extends z.ZodType>(
    signal: Signal<S>,
    options: { readonly timeout?: string | number },
  ): Promise<z.output<S> | undefined>
  async function waitFor<S extends z.ZodType>(
    signal: Signal<S>,
    options: { readonly timeout?: string | number } = {},
  ): Promise<z.output<S> | undefined> {
    const { timeout } = options
    const dueAt = timeout === undefined ? null : execution.now + parseDuration(timeout)
    const value = await execution.ask({
      kind: 'wait',
      name: signal.name,
      request: (index) => ({ type: 'WaitStarted', index, name: signal.name, dueAt }),
    }).promise
    // Signals always carry a payload; a time-out brings nothing.
    if (value === undefined) return undefined
    const what = `signal '${signal.name}' to run ${runId}`
    return checked(signal.schema, value, what, TerminalError, 'SIGNAL_INVALID')
  }

  return {
    runId,
    get logger() {
      return execution.logger
    },
    now: () => execution.now,
    random: () => execution.randomness.number(),
    uuid: () => execution.randomness.uuid(),

    step: (name, body, options: StepOptions = {}) =>
      recorded(
        execution.ask({ kind: 'step', name, request: () => null, body: { run: body, options } }),
      ),

    async sleep(duration) {
      const dueAt = execution.now + parseDuration(duration)
      await execution.ask({
        kind: 'sleep',
        name: 'sleep',
        request: (index) => ({ type: 'TimerSet', index, name: 'sleep', dueAt }),
      }).promise
    },

    waitFor,

    call: (contract, input, options = {}) => callOf(execution, contract, input, options),

    async start(contract, input, options: StartOptions = {}) {
      const payload = inputOf(contract, input, runId)
      let startedId = ''
      await execution.ask({
        kind: 'start',
        name: contract.name,
        request: (index) => {
          startedId = options.id ?? childId(runId, index)
          return {
            type: 'CallRequested',
            index,
            name: contract.name,
            runId: startedId,
            input: payload,
            detached: true,
            key: options.key ?? null,
          }
        },
      }).promise
      return { runId: startedId }
    },

    async publish(topic, key, value) {
      const payload = encodePayload(value, `the record for '${topic}' of run ${runId}`)
      await execution.ask({
        kind: 'publish',
        name: topic,
        request: (index) => ({ type: 'Published', index, name: topic, key, payload }),
      }).promise
    },

    continueAsNew(input) {
      const payload = encodePayload(input, `the next input of run ${runId}`)
      const { promise } = execution.ask({
        kind: 'continue',
        name: 'continue',
        request: (index) => ({ type: 'RunContinued', index: index + 1, input: payload }),
      })
      return promise.then((): never => {
        throw new Error(`run ${runId} went on after it continued as new`)
      })
    },
  }
}

function callOf<O extends z.ZodType>(
  execution: Execution,
  contract: AnyContract & { readonly output: O },
  input: unknown,
  options: CallOptions,
): Call<z.output<O>> {
  const { runId } = execution
  const payload = inputOf(contract, input, runId)
  let called = { index: -1, runId: '' }
  const { promise } = execution.ask({
    kind: 'call',
    name: contract.name,
    request: (index) => {
      called = { index, runId: childId(runId, index) }
      return {
        type: 'CallRequested',
        ...called,
        name: contract.name,
        input: payload,
        detached: false,
        key: options.key ?? null,
      }
    },
  })
  const output = promise.then((value) =>
    checked(
      contract.output,
      value,
      `the output of '${contract.name}'`,
      TerminalError,
      'OUTPUT_INVALID',
    ),
  )
  // A call that nobody awaits any more may still fail.
  output.catch(() => undefined)
  const cancel = async () => {
    await execution.ask({
      kind: 'cancel',
      name: contract.name,
      request: (index) => ({
        type: 'CallCancelled',
        index,
        name: contract.name,
        call: called.index,
      }),
    }).promise
  }
  return Object.assign(output, { runId: called.runId, cancel })
}

/** The id of a called run: the caller's and the operation, so that every replay asks for the same. */
function childId(runId: string, index: number): string {
  return `${runId}/${String(index)}`
}

/** What a step returns is what was recorded of it: its JSON form, which the type cannot express. */
function recorded<T>(asked: { readonly promise: Promise<unknown> }): Promise<T>
function recorded(asked: { readonly promise: Promise<unknown> }): Promise<unknown> {
  return asked.promise
}

function inputOf(contract: AnyContract, input: unknown, runId: string) {
  const what = `the input of '${contract.name}' called by run ${runId}`
  checked(contract.input, input, what, TerminalError, 'INPUT_INVALID')
  return encodePayload(input, what)
}
