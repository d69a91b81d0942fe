/** Seeded choices: the same seed makes the same ones, in the same order. */

import type { Randomness } from '../../runtime/clock.ts'
import { seededRandomness } from '../../runtime/durable/seeded-random.ts'

export class Draw {
  readonly #random: Randomness

  constructor(seed: string) {
    this.#random = seededRandomness(seed)
  }

  /** A whole number, both ends included. */
  int(least: number, most: number): number {
    return least + Math.floor(this.#random.number() * (most - least + 1))
  }

  chance(probability: number): boolean {
    return this.#random.number() < probability
  }

  /** Short more often than long: the bound is drawn first. */
  duration(most: number): number {
    return this.int(0, this.int(1, most))
  }

  pick<T>(from: readonly [T, ...T[]]): T {
    return from[this.int(0, from.length - 1)] ?? from[0]
  }

  /** One of a list that may be empty. */
  any<T>(from: readonly T[]): T | undefined {
    return from[this.int(0, from.length - 1)]
  }

  /** As many as asked for, each made anew. */
  times<T>(count: number, make: (index: number) => T): T[] {
    return Array.from({ length: count }, (_, index) => make(index))
  }

  uuid(): string {
    return this.#random.uuid()
  }

  /** Another sequence, which what is drawn here does not disturb. */
  fork(): Draw {
    return new Draw(this.#random.uuid())
  }
}
