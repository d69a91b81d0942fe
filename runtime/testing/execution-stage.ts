/** An execution on its own: entries are decided when a test says so, and what is emitted is kept. */

import { z } from 'zod'
import type { Entry, EntryBody } from '../../schemas/records.ts'
import type { Context } from '../durable/context.ts'
import { workflow } from '../durable/definition.ts'
import { Execution } from '../durable/execution.ts'
import type { ExecutionHost } from '../durable/execution-host.ts'
import { applyEntry, startedRun } from '../durable/run-state.ts'
import { seededRandomness } from '../durable/seeded-random.ts'
import { silentLogger } from '../logger.ts'
import { entries, entry, started } from './entries.ts'
import { VirtualClock } from './virtual-clock.ts'

export type Code = (ctx: Context) => Promise<unknown>

export class Stage {
  readonly emitted: EntryBody[] = []
  readonly clock = new VirtualClock()
  readonly #run
  readonly #execution
  #seq

  constructor(code: Code, ...history: readonly EntryBody[]) {
    const definition = workflow({
      ...{ name: 'review', input: z.null(), output: z.unknown() },
      run: (ctx) => code(ctx),
    })
    const [first, ...rest] = entries('a', [started(null), ...history])
    if (first === undefined) throw new Error('a run has a first entry')
    this.#run = startedRun(first)
    for (const each of rest) applyEntry(this.#run, each)
    this.#seq = this.#run.seq
    this.#execution = new Execution(this.#host(), definition, this.#run)
    this.#execution.start()
  }

  /** Lets the code run until it waits for an entry. */
  async turn(): Promise<this> {
    await this.clock.advance(0)
    return this
  }

  async decide(...bodies: readonly EntryBody[]): Promise<this> {
    for (const body of bodies) {
      this.#seq += 1
      const decided: Entry = entry('a', this.#seq, body)
      applyEntry(this.#run, decided)
      this.#execution.deliver(decided)
    }
    return this.turn()
  }

  /** Decides what has been emitted, in order. */
  async decideAll(): Promise<this> {
    // What is emitted meanwhile follows.
    for (const body of this.emitted) await this.decide(body)
    return this
  }

  get types(): readonly string[] {
    return this.emitted.map(({ type }) => type)
  }

  get last(): EntryBody | undefined {
    return this.emitted.at(-1)
  }

  /** What the run returned, once it has. */
  get output(): unknown {
    const last = this.last
    if (last?.type !== 'RunCompleted') return last
    const output: unknown = JSON.parse(Buffer.from(last.output).toString())
    return output
  }

  #host(): ExecutionHost {
    return {
      clock: this.clock,
      randomness: seededRandomness('test'),
      logger: silentLogger,
      sabotage: undefined,
      emit: (body) => this.emitted.push(body),
      admit: (_seq, begin) => begin(),
      keepUp: (_handed, goOn) => goOn(),
      at: (time, callback) => this.clock.after(time - this.clock.now(), callback),
      setBusy: () => undefined,
    }
  }
}

/** What never comes. */
export function never<T>(): Promise<T> {
  return new Promise(() => undefined)
}
