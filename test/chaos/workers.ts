/** The worker processes of a trial: one in each seat; whoever falls is replaced after a while. */

import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { Child } from './child.ts'
import type { Plan } from './plan.ts'
import type { Point, WorkerCommand, WorkerOptions } from './worker-options.ts'

const Started = z.object({ incarnation: z.string() })
const respawnMs = 500

export interface WorkersOptions {
  readonly plan: Plan
  readonly common: Omit<WorkerOptions, 'wire' | 'instanceId'>
  readonly folder: string
}

export class Workers {
  readonly #options: WorkersOptions
  readonly #seats: (Child | undefined)[]
  /** When a seat may be taken again, in the time of this process. */
  readonly #free: number[]
  #isClosing = false
  #watching: Promise<void> = Promise.resolve()
  /** Workers that ended although nobody wanted them to. */
  readonly failures: string[] = []

  static async start(options: WorkersOptions): Promise<Workers> {
    const workers = new Workers(options)
    await Promise.all(
      workers.#seats.map(async (_, seat) => {
        await workers.#spawn(seat).next(Started)
      }),
    )
    workers.#watching = workers.#watch()
    return workers
  }

  private constructor(options: WorkersOptions) {
    this.#options = options
    const seats = Array.from({ length: options.plan.workers }, (_, seat) => seat)
    this.#seats = seats.map(() => undefined)
    this.#free = seats.map(() => 0)
  }

  async kill(seat: number, downMs: number): Promise<void> {
    const worker = this.#seats[this.#at(seat)]
    this.#free[this.#at(seat)] = performance.now() + downMs
    await worker?.kill()
  }

  tell(seat: number, command: WorkerCommand): void {
    this.#seats[this.#at(seat)]?.tell(command)
  }

  /** Has a worker die at a point; says whether it has come by there in good time. */
  async killAt(
    seat: number,
    at: { readonly point: Point; readonly times: number },
    downMs: number,
  ): Promise<boolean> {
    const worker = this.#seats[this.#at(seat)]
    if (worker === undefined || worker.hasEnded) return false
    worker.tell({ what: 'die at', ...at })
    await Promise.race([worker.ended, sleep(3_000)])
    this.#free[this.#at(seat)] = performance.now() + downMs
    return worker.hasEnded
  }

  async freeze(seat: number, ms: number, isReplaced: boolean): Promise<void> {
    const worker = this.#seats[this.#at(seat)]
    if (worker === undefined) return
    worker.signal('SIGSTOP')
    if (isReplaced) this.#spawn(this.#at(seat))
    await sleep(ms)
    worker.signal('SIGCONT')
    if (!isReplaced) return
    await sleep(1_000)
    await worker.kill()
  }

  /** Each in turn ends by SIGTERM and is started again. */
  async rollingRestart(): Promise<void> {
    for (const [seat, worker] of this.#seats.entries()) {
      if (worker === undefined || worker.hasEnded) continue
      this.#free[seat] = performance.now() + 60_000
      worker.signal('SIGTERM')
      const code = await Promise.race([worker.ended, sleep(30_000)])
      if (code === undefined) {
        this.failures.push(`worker ${String(seat)} did not end within 30 s of SIGTERM`)
        await worker.kill()
      }
      // Without a code another fault has killed it meanwhile.
      if (typeof code === 'number' && code !== 0) {
        this.failures.push(`worker ${String(seat)} ended with ${String(code)} after SIGTERM`)
      }
      this.#free[seat] = 0
      await sleep(300)
    }
  }

  /** Starts one more; returns its exit code, or 'serving' once it serves, after which it is ended. */
  async tryOneMore(): Promise<number | null | 'serving'> {
    const child = this.#make(this.#seats.length + 10, undefined)
    const started = child.next(Started).then(
      () => 'serving' as const,
      () => child.ended,
    )
    const outcome = await started
    if (!child.hasEnded) await child.kill()
    return outcome
  }

  /** Nobody is replaced any more. */
  async close(): Promise<void> {
    this.#isClosing = true
    await this.#watching
    await Promise.all(
      this.#seats.flatMap((worker) => (worker === undefined ? [] : [worker.kill()])),
    )
  }

  #at(seat: number): number {
    return seat % this.#seats.length
  }

  #spawn(seat: number): Child {
    const { isStatic } = this.#options.plan
    const child = this.#make(seat, isStatic ? `seat-${String(seat)}` : undefined)
    this.#seats[seat] = child
    return child
  }

  #make(wire: number, instanceId: string | undefined): Child {
    const { common, folder } = this.#options
    const options: WorkerOptions = {
      ...common,
      wire,
      ...(instanceId === undefined ? {} : { instanceId }),
    }
    return new Child({
      program: 'worker.ts',
      argument: JSON.stringify(options),
      output: join(folder, `worker-${String(wire)}.log`),
    })
  }

  async #watch(): Promise<void> {
    while (!this.#isClosing) {
      for (const [seat, worker] of this.#seats.entries()) {
        const isFree = performance.now() >= (this.#free[seat] ?? 0)
        if (worker?.hasEnded !== true || !isFree) continue
        this.#free[seat] = performance.now() + respawnMs
        this.#spawn(seat)
      }
      await sleep(50)
    }
  }
}
