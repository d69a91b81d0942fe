/** The `stoa` command as a process of its own, for tests. */

import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'

export interface Ended {
  readonly exitCode: number | null
  readonly out: string
  readonly err: string
}

export interface Running {
  readonly child: ChildProcess
  readonly ended: Promise<Ended>
  /** Resolves once standard error has had a text; rejects when the command ends before. */
  saw(part: string): Promise<void>
}

const root = join(import.meta.dirname, '../..')

/** Starts the command of this checkout with some variables added, and none that name a Kafka. */
export function startStoa(
  argv: readonly string[],
  variables: Readonly<Record<string, string>>,
  cwd = root,
): Running {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(KAFKA|SCHEMA_REGISTRY|STOA)_|^(NO|FORCE)_COLOR$/.test(name),
  )
  const child = spawn(join(root, 'stoa'), argv, {
    cwd,
    env: { ...Object.fromEntries(inherited), ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let err = ''
  const listeners = new Set<() => void>()
  child.stderr.setEncoding('utf8').on('data', (data: string) => {
    err += data
    for (const listener of listeners) listener()
  })
  const ended = Promise.all([text(child.stdout), once(child, 'close')]).then(([out]): Ended => ({
    exitCode: child.exitCode,
    out,
    err,
  }))
  return {
    child,
    ended,
    async saw(part) {
      const seen = Promise.withResolvers<undefined>()
      const look = () => {
        if (err.includes(part)) seen.resolve(undefined)
      }
      listeners.add(look)
      look()
      const end = await Promise.race([seen.promise, ended])
      listeners.delete(look)
      if (end !== undefined) throw new Error(`stoa ended before it said '${part}': ${err}`)
    },
  }
}

/** Runs the command to its end. */
export function stoa(...parameters: Parameters<typeof startStoa>): Promise<Ended> {
  return startStoa(...parameters).ended
}
