/** Whether all that was printed has left the process. */

import type { Writable } from 'node:stream'

/**
 * Resolves once everything written to a stream before has been taken: a pipe takes 64 KiB at a time,
 * and what still waits for its reader when a process exits is lost.
 */
export function flushed(stream: Writable): Promise<void> {
  return new Promise((resolve) => {
    stream.write('', () => resolve())
  })
}
