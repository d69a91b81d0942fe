/** A disk in memory that is small enough to be filled; mounting it takes root on Linux. */

import { execFileSync } from 'node:child_process'
import { mkdirSync, openSync, closeSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'

const size = '160m'
const block = Buffer.alloc(1 << 16, 1)

/** Whether this process may mount one. */
export function canMount(): boolean {
  return process.platform === 'linux' && process.getuid?.() === 0
}

export class SmallDisk {
  readonly #folder: string

  static mount(folder: string): SmallDisk {
    mkdirSync(folder, { recursive: true })
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'stoa-chaos', folder])
    return new SmallDisk(folder)
  }

  private constructor(folder: string) {
    this.#folder = folder
  }

  /** Writes until nothing more fits. */
  fill(): void {
    const file = openSync(this.#ballast(), 'a')
    try {
      for (;;) writeSync(file, block)
    } catch (error) {
      const isFull = error instanceof Error && 'code' in error && error.code === 'ENOSPC'
      if (!isFull) throw error
    } finally {
      closeSync(file)
    }
  }

  empty(): void {
    rmSync(this.#ballast(), { force: true })
  }

  unmount(): void {
    execFileSync('umount', ['-l', this.#folder])
  }

  /** Kafka takes every folder in its data for a partition, and leaves files alone. */
  #ballast(): string {
    return join(this.#folder, 'ballast')
  }
}
