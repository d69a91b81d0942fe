/** How far a review is: a live line on a terminal, elsewhere a line for each stage. */

import type { Terminal } from '../terminal/terminal.ts'
import { span } from '../terminal/times.ts'

const redrawMs = 100
/** Elsewhere than on a terminal, the packages are told of in steps. */
const plainSteps = 4

export class Progress {
  readonly #terminal: Terminal
  readonly #startedAt = performance.now()
  readonly #timer: NodeJS.Timeout | undefined
  #stage = ''
  #total = 0
  #told = 0
  /** Results seen; the same may come twice. */
  readonly #done = new Set<string>()

  constructor(terminal: Terminal) {
    this.#terminal = terminal
    if (terminal.isLive) this.#timer = setInterval(() => this.#draw(), redrawMs)
  }

  /** What goes on now. */
  stage(text: string): void {
    if (text === this.#stage) return
    this.#stage = text
    this.#total = 0
    if (this.#terminal.isLive) this.#draw()
    else this.#terminal.note(text)
  }

  /** From here on, packages are inspected. */
  inspecting(total: number): void {
    this.stage(`inspecting ${total} packages`)
    this.#total = total
  }

  /** The inspection with this id has ended. */
  inspected(id: string): void {
    this.#done.add(id)
    const { size } = this.#done
    if (this.#terminal.isLive || this.#total === 0) return
    const step = Math.floor((plainSteps * size) / this.#total)
    if (step <= this.#told) return
    this.#told = step
    this.#terminal.note(`inspected ${size} of ${this.#total} packages`)
  }

  get count(): number {
    return this.#done.size
  }

  /** A line that stays. */
  note(line: string): void {
    this.#terminal.note(line)
  }

  /** Time since the review was asked for. */
  elapsedMs(): number {
    return performance.now() - this.#startedAt
  }

  close(): void {
    clearInterval(this.#timer)
    this.#terminal.live('')
  }

  #draw(): void {
    const { size } = this.#done
    const what =
      this.#total > 0 && size > 0 ? `inspected ${size} of ${this.#total} packages` : this.#stage
    this.#terminal.live(`${what}  ${span(this.elapsedMs())}`)
  }
}
