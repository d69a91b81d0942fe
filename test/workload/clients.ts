/** Clients: they ask for what they are told to, and remember what they are answered. */

import type { Client, RunHandle } from '../../runtime/durable/client.ts'
import { CancelledError, StoaError } from '../../runtime/errors.ts'
import type { Log } from '../../runtime/log/port.ts'
import type { Answer } from '../../runtime/testing/checker/evidence.ts'
import { definitionTopics } from '../../schemas/topics.ts'
import { simulatedContract, signals } from './definitions.ts'
import type { Draw } from './draw.ts'
import type { Request } from './requests.ts'
import type { NamedRun, Script } from './script.ts'

/** A question for a result that has not been answered. */
export interface OpenQuestion {
  readonly definition: string
  readonly runId: string
  readonly askedAt: number
}

interface Started extends NamedRun {
  readonly script: Script
}

/** A client, and the log it is on. */
export interface ConnectedClient {
  readonly client: Client
  readonly log: Log
}

export interface ClientsOptions {
  readonly clients: readonly ConnectedClient[]
  readonly definitions: readonly string[]
  readonly draw: Draw
  /** Epoch milliseconds by the clock of the log. */
  readonly now: () => number
}

export class Clients {
  readonly answers: Answer[] = []
  readonly open = new Set<OpenQuestion>()
  readonly #options: ClientsOptions
  readonly #draw: Draw
  readonly #started: Started[] = []
  #signals = 0

  constructor(options: ClientsOptions) {
    this.#options = options
    this.#draw = options.draw
  }

  ask(request: Request): void {
    const draw = this.#draw
    const client = draw.any(this.#options.clients)
    if (client === undefined) return
    if (request.ask === 'start') {
      this.#started.push(request)
      void this.#start(client.client, request)
      return
    }
    const run = draw.any(this.#started)
    if (run === undefined) return
    const contract = simulatedContract(run.definition)
    const handle = draw.chance(0.15)
      ? this.#calledBy(run, client.client)
      : client.client.get(contract, run.id, keyOf(run))
    switch (request.ask) {
      case 'restart':
        void this.#start(client.client, run)
        return
      case 'attach':
        this.#await(client.client.get(contract, run.id, keyOf(run)), run)
        return
      case 'signal': {
        const signal = signals.find(({ name }) => name === request.signal)
        if (signal !== undefined) void quietly(handle.signal(signal, { n: this.#nextSignal() }))
        return
      }
      case 'cancel':
        void quietly(handle.cancel('the plan said so'))
        return
      case 'resume':
        void quietly(handle.resume())
        return
      case 'attachUnknown': {
        const id = `nobody-${String(draw.int(0, 9))}`
        this.#await(client.client.get(contract, id), { definition: run.definition, id })
        return
      }
      case 'unknownSignal': {
        const [signal] = signals
        if (signal !== undefined)
          void quietly(client.client.get(contract, 'nobody').signal(signal, { n: 0 }))
        return
      }
      case 'garbage': {
        const { inbox, journal, results } = definitionTopics(run.definition)
        const topic = draw.pick([inbox, journal, results])
        const records = [{ key: 'x', value: Buffer.from('not ours') }]
        void quietly(client.log.append([{ topic, partition: 0, records }]))
      }
    }
  }

  /** One run is started again and again, all at once. */
  startAgain(times: number): void {
    const run = this.#draw.any(this.#started)
    if (run === undefined) return
    for (let time = 0; time < times; time += 1) {
      const client = this.#draw.any(this.#options.clients)
      if (client !== undefined) void this.#start(client.client, run)
    }
  }

  /** A run that another may have called: its id follows from the caller's. */
  #calledBy({ id }: NamedRun, client: Client): RunHandle<unknown> {
    const definition = this.#draw.any(this.#options.definitions) ?? ''
    return client.get(simulatedContract(definition), `${id}/${String(this.#draw.int(0, 3))}`)
  }

  /** No two signals are the same. */
  #nextSignal(): number {
    this.#signals += 1
    return this.#signals
  }

  async #start(client: Client, run: Started): Promise<void> {
    const { definition, id, script } = run
    try {
      const options = { id, ...keyOf(run) }
      const handle = await client.start(simulatedContract(definition), { script, saw: [] }, options)
      this.#await(handle, run)
    } catch {
      // The log did not answer: the client knows that it does not know.
    }
  }

  #await(
    handle: RunHandle<unknown>,
    { definition, id }: { readonly definition: string; readonly id: string },
  ): void {
    const question = { definition, runId: id, askedAt: this.#options.now() }
    this.open.add(question)
    const told = (status: Answer['status'], output: string | null) => {
      this.open.delete(question)
      this.answers.push({ definition, runId: id, status, output })
    }
    handle.result().then(
      (output) => told('completed', JSON.stringify(output)),
      (error: unknown) => {
        const code = error instanceof StoaError ? error.code : null
        if (code === 'LOG_UNAVAILABLE') this.open.delete(question)
        else if (code === 'RUN_NOT_FOUND') told('unknown', null)
        else told(error instanceof CancelledError ? 'cancelled' : 'failed', null)
      },
    )
  }
}

/** What a client could not send it has been told of. */
function quietly(promise: Promise<unknown>): Promise<void> {
  return promise.then(
    () => undefined,
    () => undefined,
  )
}

function keyOf({ key }: NamedRun) {
  return key === null ? {} : { key }
}
