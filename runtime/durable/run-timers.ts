/**
 * The timers of the runs of one owned partition.
 *
 * A timer is armed once, when its entry is folded or its partition acquired, and asks for its entry
 * only if the fold still has it open.
 */

import type { Kernel } from './kernel.ts'
import type { Partition } from './partition.ts'
import type { RunState } from './run-state.ts'
import { TimerHeap } from './timer-heap.ts'

type TimedKernel = Pick<Kernel, 'clock' | 'settings'>
type TimedPartition = Pick<Partition, 'state' | 'queuedOf' | 'enter'>

export class RunTimers {
  readonly #kernel: TimedKernel
  readonly #partition: TimedPartition
  readonly #heap: TimerHeap

  constructor(kernel: TimedKernel, partition: TimedPartition) {
    this.#kernel = kernel
    this.#partition = partition
    this.#heap = new TimerHeap(kernel.clock, (name) => {
      this.#due(name)
    })
  }

  /** Arms the timer of an operation, if it has one. */
  arm(run: RunState, index: number): void {
    const dueAt = run.timers.get(index)
    if (dueAt !== undefined) this.#heap.at(dueAt - this.#early, nameOf(run.runId, index))
  }

  /** Arms every timer of a run that is taken over. */
  armAll(run: RunState): void {
    if (this.#kernel.settings.sabotage === 'timer-dropped-on-take-over') return
    for (const index of run.timers.keys()) this.arm(run, index)
  }

  /** Calls back once the clock has reached the time, unless the timers are cleared before. */
  at(time: number, callback: () => void): void {
    this.#heap.at(time, callback)
  }

  clear(): void {
    this.#heap.clear()
  }

  /** Asks for the entry of a timer, unless it is queued or no longer open. */
  #due(name: string): void {
    const [runId, index] = timerOf(name)
    const dueAt = this.#partition.state.runs.get(runId)?.timers.get(index)
    if (dueAt === undefined || dueAt - this.#early > this.#kernel.clock.now()) return
    const isQueued = this.#partition
      .queuedOf(runId)
      .some(({ body }) => body.type === 'TimerFired' && body.index === index)
    if (isQueued) return
    const isTwice = this.#kernel.settings.sabotage === 'timer-fires-twice'
    if (isTwice) this.#partition.enter(runId, { type: 'TimerFired', index }, null)
    this.#partition.enter(runId, { type: 'TimerFired', index }, null)
  }

  get #early(): number {
    return this.#kernel.settings.sabotage === 'timer-fires-early' ? 50 : 0
  }
}

/** One string: very many runs sleep. */
function nameOf(runId: string, index: number): string {
  return `${String(index)} ${runId}`
}

function timerOf(name: string): readonly [runId: string, index: number] {
  const space = name.indexOf(' ')
  return [name.slice(space + 1), Number(name.slice(0, space))]
}
