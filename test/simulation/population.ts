/** The processes of a simulation: what befalls them, and who takes their place. */

import type { Sabotage } from '../../runtime/durable/sabotage.ts'
import type { Logger } from '../../runtime/logger.ts'
import type { VirtualClock } from '../../runtime/testing/virtual-clock.ts'
import type { Draw } from '../workload/draw.ts'
import { allVersions, type Happening, type Plan } from './plan.ts'
import { Process, type ProcessOptions, type Surroundings } from './process.ts'

export interface PopulationCounts {
  crashes: number
  /** Processes that woke after their session had ended. */
  zombies: number
  cuts: number
  stops: number
  rebalances: number
}

interface PopulationOptions {
  readonly sabotage?: Sabotage
  readonly loggerOf?: (process: string, clock: VirtualClock) => Logger
}

export class Population {
  readonly counts: PopulationCounts = { crashes: 0, zombies: 0, cuts: 0, stops: 0, rebalances: 0 }
  readonly #around: Surroundings
  readonly #plan: Plan
  readonly #draw: Draw
  readonly #options: PopulationOptions
  /** One process in each seat; undefined while it is empty. */
  readonly #seats: (Process | undefined)[]
  readonly #alive = new Set<Process>()
  readonly #paused = new Map<Process, () => void>()
  #born = 0
  #isCalm = false

  constructor(around: Surroundings, plan: Plan, draw: Draw, options: PopulationOptions) {
    this.#around = around
    this.#plan = plan
    this.#draw = draw
    this.#options = options
    this.#seats = plan.processes.map((_, seat) => this.#make(seat, true))
    around.clock.after(0, () => {
      this.#watch()
    })
  }

  happen(happening: Happening): void {
    const { clock, cluster, network } = this.#around
    switch (happening.what) {
      case 'crash':
        this.#crash(
          happening.victim % this.#seats.length,
          happening.downMs,
          happening.isSameInstance,
        )
        return
      case 'stop':
        this.#stop(happening.victim % this.#seats.length, happening.graceMs, happening.downMs)
        return
      case 'freeze': {
        const process = this.#seats[happening.victim % this.#seats.length]
        if (process === undefined || this.#paused.has(process)) return
        process.freeze()
        if (happening.isReplaced) {
          this.#seats[happening.victim % this.#seats.length] = undefined
          this.#replace(happening.victim % this.#seats.length, happening.ms / 2, true)
        }
        this.#pause(process, happening.ms, () => {
          process.thaw(happening.isNetworkFirst)
        })
        return
      }
      case 'cut': {
        const process = this.#seats[happening.victim % this.#seats.length]
        if (process === undefined || this.#paused.has(process)) return
        this.counts.cuts += 1
        process.cut()
        this.#pause(process, happening.ms, () => {
          process.heal()
        })
        return
      }
      case 'rebalance':
        this.counts.rebalances += 1
        cluster.rebalance(happening.definition)
        return
      case 'slow':
        network.slowDown(happening.place, happening.ms)
        return
      case 'echo':
        network.echoOne()
        clock.after(0, () => undefined)
    }
  }

  /** Everybody wakes, every seat is taken, and nothing happens any more. */
  calm(): void {
    this.#isCalm = true
    for (const wake of [...this.#paused.values()]) wake()
    // The upgrade is over: whoever does not serve every version ends.
    for (const process of this.#alive) {
      if (process.options.versions !== allVersions) process.kill()
    }
    this.#fill()
  }

  #pause(process: Process, ms: number, wake: () => void): void {
    const end = () => {
      if (!this.#paused.delete(process)) return
      if (ms > (this.#plan.settings.sessionTimeoutMs ?? 0) && !process.isDead)
        this.counts.zombies += 1
      wake()
    }
    this.#paused.set(process, end)
    this.#around.clock.after(ms, end)
  }

  #crash(seat: number, downMs: number, isSameInstance: boolean): void {
    const process = this.#seats[seat]
    if (process === undefined) return
    this.counts.crashes += 1
    process.kill()
    this.#seats[seat] = undefined
    this.#replace(seat, downMs, isSameInstance)
  }

  #stop(seat: number, graceMs: number, downMs: number): void {
    const process = this.#seats[seat]
    if (process === undefined || process.isStopping || this.#paused.has(process)) return
    this.counts.stops += 1
    void process.stop(graceMs).then(() => {
      if (this.#seats[seat] !== process) return
      this.#seats[seat] = undefined
      this.#replace(seat, downMs, true)
    })
  }

  #replace(seat: number, downMs: number, isSameInstance: boolean): void {
    this.#around.clock.after(this.#isCalm ? 0 : downMs, () => {
      this.#seats[seat] ??= this.#make(seat, isSameInstance)
    })
  }

  /** A process may also die in the middle of an append; its seat is taken again. */
  #watch(): void {
    this.#seats.forEach((process, seat) => {
      if (process?.isDead !== true) return
      this.counts.crashes += 1
      this.#seats[seat] = undefined
      this.#replace(seat, this.#draw.duration(3_000), this.#draw.chance(0.7))
    })
    if (this.#isCalm) this.#fill()
    this.#around.clock.after(this.#isCalm ? 5_000 : 50, () => {
      this.#watch()
    })
  }

  #fill(): void {
    this.#seats.forEach((process, seat) => {
      if (process === undefined || process.isDead) this.#seats[seat] = this.#make(seat, true)
    })
  }

  #make(seat: number, isSameInstance: boolean): Process | undefined {
    const { isStatic, concurrency, settings, faults, processes } = this.#plan
    const planned = processes[seat]
    if (planned === undefined) return undefined
    this.#born += 1
    const name = `process-${String(seat)}-${String(this.#born)}`
    const logger = this.#options.loggerOf?.(name, this.#around.clock)
    const options: ProcessOptions = {
      ...{ name, concurrency, slowTurns: faults.slowTurns },
      ...planned,
      versions: this.#isCalm ? allVersions : planned.versions,
      instanceId: isStatic ? (isSameInstance ? `instance-${String(seat)}` : name) : undefined,
      settings: {
        ...settings,
        ...(this.#options.sabotage !== undefined && { sabotage: this.#options.sabotage }),
      },
      ...(logger !== undefined && { logger }),
    }
    const process = new Process(this.#around, options, this.#draw.fork())
    this.#alive.add(process)
    return process
  }
}
