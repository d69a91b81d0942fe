/** JSON that is given as an argument, in a file, or on standard input. */

import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { CommandError } from '../exit-code.ts'
import { messageOf } from '../../runtime/errors.ts'

/**
 * Reads `@file`, `-` for standard input, or the text itself; without any of them null.
 * @throws CommandError PAYLOAD_UNREADABLE, USAGE when it is not JSON
 */
export async function readPayload(given: string | undefined, cwd: string): Promise<unknown> {
  if (given === undefined) return null
  if (given === '-') return parse(await text(process.stdin), 'standard input')
  if (!given.startsWith('@')) return parse(given, 'the argument')
  const path = resolve(cwd, given.slice(1))
  try {
    return parse(await readFile(path, 'utf8'), path)
  } catch (cause) {
    if (cause instanceof CommandError) throw cause
    const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause)
    throw new CommandError(`${path} cannot be read (${reason})`, {
      code: 'PAYLOAD_UNREADABLE',
      cause,
    })
  }
}

function parse(json: string, where: string): unknown {
  try {
    const value: unknown = JSON.parse(json)
    return value
  } catch (cause) {
    const reason = messageOf(cause)
    throw new CommandError(`${where} is not JSON: ${reason}; text needs quotes, as in '"text"'`, {
      code: 'USAGE',
      cause,
    })
  }
}
