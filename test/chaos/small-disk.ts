/** A disk in memory that is small enough to be filled; mounting it takes root on Linux. */

import { execFileSync } from 'node:child_process'
import { mkdirSync, openSync, closeSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'

const deviceName = 'stoa-chaos'
const size = '160m'
const block = Buffer.alloc(1 << 16, 1)

/** Whether this process may mount one. */
export function canMount(): boolean {
  return process.platform === 'linux' && process.getuid?.() === 0
}

/** Unmounts what a process that was killed has left mounted in a folder. */
export function unmountBelow(folder: string): void {
  if (!canMount()) return
  for (const line of readFileSync('/proc/mounts', 'utf8').split('\n')) {
    const [device, path = ''] = line.split(' ')
    if (device === deviceName && path.startsWith(`${folder}/`)) unmount(path)
  }
}

function unmount(path: string): void {
  execFileSync('umount', ['-l', path])
}

export class SmallDisk {
  readonly #folder: string

  static mount(folder: string): SmallDisk {
    mkdirSync(folder, { recursive: true })
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, deviceName, folder])
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
    unmount(this.#folder)
  }

  /** Kafka takes every folder in its data for a partition, and leaves files alone. */
  #ballast(): string {
    return join(this.#folder, 'ballast')
  }
}
